import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { packTar, type TarEntry } from 'modern-tar'
import type { SourceLimits } from '../source/source-limits.ts'
import { allOf, linesOf } from './items.fixture.ts'
import { readSourceBytes } from './read-source.ts'
import { zipOf, type ZipEntry } from './zip.fixture.ts'

const one = '{"id":"A"}'
const two = '{"id":"B"}'
const octets = (text: string): Uint8Array => Buffer.from(text)
const entry = (name: string, text: string, more: Partial<ZipEntry> = {}): ZipEntry => ({
  name,
  bytes: octets(text),
  ...more,
})
const file = (name: string, text: string): TarEntry => ({ header: { name, size: Buffer.byteLength(text) }, body: text })
const lines = (name: string, bytes: Uint8Array, limits?: Partial<SourceLimits>): Promise<readonly string[]> =>
  linesOf(readSourceBytes(name, bytes, limits))
const tar = (...entries: readonly TarEntry[]): Promise<Uint8Array> => packTar(entries)

/** The one refusal of a source. */
async function refusalOf(name: string, bytes: Uint8Array, limits?: Partial<SourceLimits>): Promise<string> {
  const refusals = (await allOf(readSourceBytes(name, bytes, limits))).flatMap((item) =>
    'refusal' in item ? [item.refusal.message] : [],
  )
  assert.equal(refusals.length, 1, refusals.join('; '))
  return refusals[0] ?? ''
}

describe('a ZIP archive', () => {
  it('gives its files in the order of its directory, whatever it is called', async () => {
    const zip = zipOf([
      entry('b/2.json', two),
      { name: 'b/', bytes: octets(''), method: 0 },
      entry('1.json', one, { method: 0 }),
    ])
    assert.deepEqual(await lines('feed.json', zip), [`feed.json/b/2.json ${two}`, `feed.json/1.json ${one}`])
    assert.deepEqual(await lines('empty.zip', zipOf([])), [])
  })

  it('goes on behind an entry that is refused, and says of each why', async () => {
    const zip = zipOf([
      entry('secret', one, { flags: 1 }),
      entry('../../etc/passwd', one),
      entry('/etc/passwd', one),
      entry(String.raw`c:\boot.ini`, one),
      entry('link', '/etc/passwd', { mode: 0o120777 }),
      entry('lzma', one, { method: 14 }),
      entry('short', one, { says: { size: 4 } }),
      entry('long', one, { says: { size: 400 } }),
      entry('changed', one, { says: { crc: 7 } }),
      { name: 'inner.zip', bytes: zipOf([]) },
      { name: 'inner.gz', bytes: gzipSync(one) },
      entry('last', two),
    ])
    assert.deepEqual(await lines('z', zip), [
      'z/secret encrypted',
      'z/../../etc/passwd path-outside',
      'z//etc/passwd path-outside',
      String.raw`z/c:\boot.ini path-outside`,
      'z/link not-a-file',
      'z/lzma unsupported-archive',
      'z/short broken-archive',
      'z/long broken-archive',
      'z/changed broken-archive',
      'z/inner.zip nested-archive',
      'z/inner.gz nested-archive',
      `z/last ${two}`,
    ])
  })

  it('refuses an entry that is too large by its size, and goes on', async () => {
    const zip = zipOf([entry('big', ' '.repeat(2000)), entry('last', two)])
    assert.deepEqual(await lines('z', zip, { itemBytes: 1000 }), ['z/big too-large', `z/last ${two}`])
  })

  it('stops at a bomb of entries that share their octets', async () => {
    const flat = Buffer.alloc(1_000_000, 0x20)
    const shared = Array.from({ length: 200 }, (_, at) => ({ name: `${at}`, bytes: flat, sharedWith: 0 }))
    const found = await lines('z', zipOf([{ name: 'kernel', bytes: flat }, ...shared]))
    assert.equal(found.at(-1), 'z !expands-too-far')
    assert.ok(found.length < 30, `${found.length} items were unpacked`)
  })

  it('that ends early or has a broken directory says where, after what could be read', async () => {
    const zip = zipOf([entry('1', one), entry('2', two)])
    assert.deepEqual(await lines('z', zip.subarray(0, zip.length - 5)), ['z !broken-archive'])
    const second = Buffer.from(zip).lastIndexOf(Buffer.from('PK\u0001\u0002'))
    const broken = Uint8Array.from(zip)
    broken[second] = 0
    assert.deepEqual(await lines('z', broken), [`z/1 ${one}`, 'z !broken-archive'])
    assert.match(await refusalOf('z', broken), /invalid central directory file header signature.*\(after z\/1\)/)
  })
})

describe('a tar archive', () => {
  it('gives its files, packed by gzip or zstd or not at all, also with long names', async () => {
    const long = `${'deep/'.repeat(60)}x.json`
    const plain = await tar(
      { header: { name: './d/', size: 0, type: 'directory' } },
      file('./d/1', one),
      file(long, two),
    )
    const wanted = [`t/d/1 ${one}`, `t/${long} ${two}`]
    for (const bytes of [plain, gzipSync(plain), zstdCompressSync(plain)])
      assert.deepEqual(await lines('t', bytes), wanted)
  })

  it('goes on behind an entry that is refused, and says of each why', async () => {
    const bytes = await tar(
      file('../up', one),
      { header: { name: 'link', size: 0, type: 'symlink', linkname: '/etc/passwd' } },
      { header: { name: 'hard', size: 0, type: 'link', linkname: '1' } },
      file('big', ' '.repeat(5000)),
      { header: { name: 'inner.tgz', size: gzipSync(one).length }, body: gzipSync(one) },
      file('last', two),
    )
    assert.deepEqual(await lines('t', bytes, { itemBytes: 4000 }), [
      't/../up path-outside',
      't/link not-a-file',
      't/hard not-a-file',
      't/big too-large',
      't/inner.tgz nested-archive',
      `t/last ${two}`,
    ])
  })

  it('that is cut off anywhere says so, and where', async () => {
    const bytes = await tar(file('1', one), file('2', two))
    for (const cut of [512, 600, 1024, 1100, 1536, 2048, 2500]) {
      const found = await lines('t', bytes.subarray(0, cut))
      assert.equal(found.at(-1), 't !broken-archive', `${cut}: ${found.join(', ')}`)
    }
    assert.match(
      await refusalOf('t', bytes.subarray(0, 2048)),
      /truncated.*\(after t\/[12], among its first 2048 octets\)/,
    )
  })

  it('with a header that was changed says so behind what came before', async () => {
    const bytes = await tar(file('1', one), file('2', two))
    bytes[1024] = 0x78
    assert.deepEqual(await lines('t', bytes), [`t/1 ${one}`, 't !broken-archive'])
  })
})

describe('a packed document', () => {
  it('is unpacked, also where it is in several streams', async () => {
    const [first, second] = [one.slice(0, 4), one.slice(4)]
    assert.deepEqual(await lines('a.gz', gzipSync(one)), [`a.gz ${one}`])
    assert.deepEqual(await lines('a.gz', Buffer.concat([gzipSync(first), gzipSync(second)])), [`a.gz ${one}`])
    const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
    const frames = Buffer.concat([zstdCompressSync(first), skipped, zstdCompressSync(second)])
    assert.deepEqual(await lines('a.zst', frames), [`a.zst ${one}`])
  })

  it('that is a bomb, cut off, or followed by something else is refused', async () => {
    const flat = Buffer.alloc(40_000_000, 0x20)
    for (const pack of [gzipSync, zstdCompressSync]) {
      assert.deepEqual(await lines('bomb', pack(flat)), ['bomb expands-too-far'])
      assert.deepEqual(await lines('large', pack(octets(one + ' '.repeat(2000))), { itemBytes: 1000 }), [
        'large too-large',
      ])
      // So early that nobody knows whether it is one document or an archive.
      assert.deepEqual(await lines('cut', pack(octets(one)).subarray(0, -3)), ['cut !broken-archive'])
      const long = Array.from({ length: 100_000 }, (_, at) => at).join()
      assert.deepEqual(await lines('cut', pack(octets(long)).subarray(0, -3)), ['cut broken-archive'])
      assert.deepEqual(await lines('more', Buffer.concat([pack(octets(long)), octets('more')])), [
        'more broken-archive',
      ])
      assert.deepEqual(await lines('twice', pack(pack(octets(one)))), ['twice nested-archive'])
    }
  })

  it('in a way that is not read is said to be so', async () => {
    for (const mark of ['BZh91AY', '\u{fd}7zXZ\0', '7z\u{bc}\u{af}\u{27}\u{1c}', 'Rar!\u001A\u0007']) {
      assert.deepEqual(await lines('p', Buffer.from(mark, 'latin1')), ['p unsupported-archive'])
    }
  })
})

describe('what a source may hold', () => {
  it('ends it, and says so: items, octets', async () => {
    const zip = zipOf([entry('1', one), entry('2', two), entry('3', one)])
    assert.deepEqual(await lines('z', zip, { items: 2 }), [`z/1 ${one}`, `z/2 ${two}`, 'z !too-many'])
    const bytes = await tar(file('1', one), file('2', two))
    assert.deepEqual(await lines('t', bytes, { totalBytes: 100 }), ['t !too-large'])
  })
})
