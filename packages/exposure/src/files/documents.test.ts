import assert from 'node:assert/strict'
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ExposureError } from '../exposure-error.ts'
import { linesOf } from './items.fixture.ts'
import { readSource, readSourceBytes } from './read-source.ts'
import { zipOf } from './zip.fixture.ts'

const one = '{"id":"A"}'
const two = '{"id":"B"}'

/** A folder that is gone when the test ends. */
async function folderFor(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'comity-source-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const lines = (name: string, text: string, itemBytes = 1000): Promise<readonly string[]> =>
  linesOf(readSourceBytes(name, Buffer.from(text), { itemBytes }))

describe('JSON lines', () => {
  it('are told by their first two lines, or by their name', async () => {
    assert.deepEqual(await lines('a', `${one}\n${two}\n`), [`a:1 ${one}`, `a:2 ${two}`])
    assert.deepEqual(await lines('a', `${one}\r\n\r\n${two}`), [`a:1 ${one}\r`, `a:3 ${two}`])
    assert.deepEqual(await lines('a.jsonl', one), [`a.jsonl:1 ${one}`])
    assert.deepEqual(await lines('a.ndjson', `x\n${two}`), ['a.ndjson:1 x', `a.ndjson:2 ${two}`])
  })

  it('are not a document that is written over several lines', async () => {
    for (const text of [
      one,
      `${one}\n\n`,
      '{\n"id":"A"}\n',
      '{"a":\n{}\n}',
      `${one}\nx`,
      'id: A\nmodified: B\n',
      '',
      '\n',
    ]) {
      assert.deepEqual(await lines('a', text), [`a ${text}`])
    }
  })

  it('may be more than one item may have, each line within it', async () => {
    const found = await lines('a', `${one}\n{"x":"${'y'.repeat(2000)}"}\n${two}\n`)
    assert.deepEqual(found, [`a:1 ${one}`, 'a:2 too-large', `a:3 ${two}`])
    const many = Array.from({ length: 5000 }, (_, at) => JSON.stringify({ at })).join('\n')
    assert.equal((await lines('a', many)).length, 5000)
  })

  it('that break off say that the rest is missing', async () => {
    const packed = gzipSync(Array.from({ length: 50_000 }, (_, at) => JSON.stringify({ at })).join('\n'))
    const found = await linesOf(readSourceBytes('a', packed.subarray(0, -100)))
    assert.equal(found.at(-1), 'a !broken-archive')
    assert.equal(found[0], 'a:1 {"at":0}')
  })
})

describe('a folder', () => {
  it('gives its files sorted, with those below, and what is packed in them', async (context) => {
    const folder = await folderFor(context)
    await mkdir(join(folder, 'b', 'c'), { recursive: true })
    await writeFile(join(folder, 'z.json'), one)
    await writeFile(join(folder, 'b', 'c', '1.json'), two)
    await writeFile(join(folder, 'a.zip'), zipOf([{ name: '1.json', bytes: Buffer.from(one) }]))
    await writeFile(join(folder, 'c.json.gz'), gzipSync(two))
    assert.deepEqual(await linesOf(readSource(folder)), [
      `a.zip/1.json ${one}`,
      `b/c/1.json ${two}`,
      `c.json.gz ${two}`,
      `z.json ${one}`,
    ])
  })

  it('is not left through a link, nor read twice through one', async (context) => {
    const folder = await folderFor(context)
    await mkdir(join(folder, 'in'))
    await writeFile(join(folder, 'in', '1.json'), one)
    await writeFile(join(folder, 'secret'), two)
    await symlink('../secret', join(folder, 'in', 'out'))
    await symlink('/', join(folder, 'in', 'root'))
    await symlink('1.json', join(folder, 'in', 'same'))
    await symlink('.', join(folder, 'in', 'circle'))
    await symlink('nowhere', join(folder, 'in', 'broken'))
    assert.deepEqual(await linesOf(readSource(join(folder, 'in'))), [
      `1.json ${one}`,
      'broken unreadable',
      'out path-outside',
      'root path-outside',
    ])
    // Whoever names a link means what it leads to.
    assert.deepEqual(await linesOf(readSource(join(folder, 'in', 'out'))), [`out ${two}`])
  })

  it('that goes too deep says so, and the rest goes on', async (context) => {
    const folder = await folderFor(context)
    await mkdir(join(folder, 'a', 'b', 'c'), { recursive: true })
    await writeFile(join(folder, 'a', 'b', 'c', '1'), one)
    await writeFile(join(folder, 'z'), two)
    assert.deepEqual(await linesOf(readSource(folder, { folders: 3 })), ['a/b/c !too-deep', `z ${two}`])
  })
})

describe('a file', () => {
  it('of two gigabytes is refused by its size, and hardly any of it is read', async (context) => {
    const folder = await folderFor(context)
    const path = join(folder, 'huge.json')
    for (const beginning of ['', '{"id":"A",', 'id: A\n']) {
      await writeFile(path, beginning)
      const file = await open(path, 'r+')
      await file.truncate(2 * 1024 ** 3)
      await file.close()
      const before = process.memoryUsage().rss
      assert.deepEqual(await linesOf(readSource(path)), ['huge.json too-large'])
      assert.ok(process.memoryUsage().rss - before < 300e6)
    }
  })

  it('that is not there, or is none, is refused as a whole', async (context) => {
    const folder = await folderFor(context)
    const isUnreadable = (error: unknown): boolean => error instanceof ExposureError && error.code === 'unreadable'
    await assert.rejects(linesOf(readSource(join(folder, 'none'))), isUnreadable)
    await assert.rejects(
      linesOf(readSource('/dev/null')),
      (error: unknown) => error instanceof ExposureError && error.code === 'not-a-file',
    )
  })
})
