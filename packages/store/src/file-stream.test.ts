import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { type FilesTruth, openFiles, type OpenFilesOptions } from './open-files.ts'
import { temporaryFolder } from './temporary-folder.ts'
import type { Stream } from './truth.ts'

const segmentName = '0000000000000000.records'

async function withStream<T>(
  options: OpenFilesOptions,
  action: (stream: Stream, truth: FilesTruth) => Promise<T> | T,
): Promise<T> {
  const truth = await openFiles(options)
  try {
    return await action(await truth.stream('public'), truth)
  } finally {
    await truth.close()
  }
}

function texts(stream: Stream): string[] {
  return stream.readRange(0, stream.size).map((record) => Buffer.from(record).toString())
}

async function written(context: TestContext, ...batches: readonly (readonly string[])[]): Promise<string> {
  const directory = temporaryFolder(context)
  await withStream({ directory }, async (stream) => {
    for (const batch of batches) await stream.append(batch.map((text) => Buffer.from(text)))
  })
  return directory
}

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x01, offset)
  writeFileSync(path, bytes)
}

test('records are numbered from 0, read back as they were, and there after a restart', async (context) => {
  const directory = temporaryFolder(context)
  await withStream({ directory }, async (stream) => {
    assert.equal(stream.size, 0)
    assert.equal(await stream.append([Buffer.from('a'), Buffer.from('')]), 0)
    assert.equal(await stream.append([Buffer.from('b')]), 2)
    assert.deepEqual(texts(stream), ['a', '', 'b'])
    assert.deepEqual(stream.read(2), new Uint8Array([98]))
  })
  await withStream({ directory }, (stream) => assert.deepEqual(texts(stream), ['a', '', 'b']))
})

test('any sequence of batches reads back in any range, over segments and restarts', async (context) => {
  const parent = temporaryFolder(context)
  let run = 0
  const batch = fc.array(fc.uint8Array({ maxLength: 120 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(batch, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.nat(),
      async (batches, one, other) => {
        const options = { directory: join(parent, String(run++)), segmentBytes: 300 }
        const expected = batches.flat()
        const [from = 0, to = 0] = [one % (expected.length + 1), other % (expected.length + 1)].sort((a, b) => a - b)
        const check = (stream: Stream): void => {
          assert.deepEqual(stream.readRange(from, to), expected.slice(from, to))
          expected.forEach((record, seq) => assert.deepEqual(stream.read(seq), record))
        }
        await withStream(options, async (stream) => {
          const firsts = await Promise.all(batches.map((each) => stream.append(each)))
          assert.equal(firsts.at(-1), expected.length - (batches.at(-1)?.length ?? 0))
          check(stream)
        })
        await withStream(options, check)
      },
    ),
    { numRuns: 25 },
  )
})

test('appends that wait share one write and one fdatasync', async (context) => {
  const calls: string[] = []
  const inner = nodeFileSystem()
  const fileSystem: FileSystem = {
    ...inner,
    open: (path, access) => {
      const file = inner.open(path, access)
      return {
        pread: (target, position) => file.pread(target, position),
        pwrite: (source, position) => (calls.push('write'), file.pwrite(source, position)),
        fdatasync: () => (calls.push('sync'), file.fdatasync()),
        fsync: () => file.fsync(),
        truncate: (size) => file.truncate(size),
        size: () => file.size(),
        close: () => file.close(),
      }
    },
  }
  await withStream({ directory: temporaryFolder(context), fileSystem }, async (stream) => {
    calls.length = 0
    const record = Buffer.alloc(600)
    await Promise.all(Array.from({ length: 50 }, () => stream.append([record])))
    assert.deepEqual(calls, ['write', 'sync'])
  })
})

test('a torn tail is cut at every length, whole batches before it stay', async (context) => {
  const directory = await written(context, ['one'], ['two', 'three'])
  const folder = join(directory, 'streams/public')
  const whole = readFileSync(join(folder, segmentName))
  for (let size = whole.length - 1; size >= 32 + 15; size--) {
    rmSync(join(folder, `${segmentName}.index`))
    writeFileSync(join(folder, segmentName), whole.subarray(0, size))
    await withStream({ directory }, (stream) => assert.deepEqual(texts(stream), ['one'], `${size}`))
    assert.equal(statSync(join(folder, segmentName)).size, 32 + 15)
  }
})

test('a segment whose creation was interrupted is begun again', async (context) => {
  const directory = await written(context)
  for (const size of [0, 8, 31]) {
    truncateSync(join(directory, 'streams/public', segmentName), size)
    await withStream({ directory }, (stream) => assert.equal(stream.size, 0))
  }
})

test('acknowledged records that are missing are damage, never dropped', async (context) => {
  const directory = await written(context, ['one'], ['two'])
  truncateSync(join(directory, 'streams/public', segmentName), 32 + 15)
  await assert.rejects(withStream({ directory }, texts), { code: 'damaged' })
})

test('a broken record with later groups behind it is damage, also without the side file', async (context) => {
  const directory = await written(context, ['one', 'more'], ['two'], ['three'])
  const path = join(directory, 'streams/public', segmentName)
  for (let offset = 32; offset < 32 + 15 + 16 + 15; offset++) {
    rmSync(`${path}.index`, { force: true })
    flip(path, offset)
    await assert.rejects(withStream({ directory }, texts), (error) => {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'damaged', `${offset}: ${error}`)
      return true
    })
    flip(path, offset)
  }
})

test('a record that changed is found when it is read, with file and offset', async (context) => {
  const directory = await written(context, ['one'], ['two'], ['three'])
  const path = join(directory, 'streams/public', segmentName)
  flip(path, 32 + 12)
  await withStream({ directory }, (stream) => {
    const place = { file: path, offset: 32 }
    assert.throws(() => stream.read(0), { code: 'damaged', place })
    assert.throws(() => stream.readRange(0, 3), { code: 'damaged', place })
    assert.equal(Buffer.from(stream.read(1)).toString(), 'two')
  })
})

test('a missing segment is damage', async (context) => {
  const directory = temporaryFolder(context)
  await withStream({ directory, segmentBytes: 100 }, async (stream) => {
    for (let index = 0; index < 9; index++) await stream.append([Buffer.alloc(30)])
  })
  rmSync(join(directory, 'streams/public/0000000000000002.records'))
  await assert.rejects(withStream({ directory }, texts), {
    code: 'damaged',
    message: /lacks records 2 to 2|lacks records/,
  })
})

test('records put under another stream are not taken for its own', async (context) => {
  const directory = await written(context, ['one'])
  await withStream({ directory }, async (_, truth) => {
    await (await truth.stream('vault')).append([Buffer.from('two')])
  })
  const vault = readFileSync(join(directory, 'streams/vault', segmentName))
  writeFileSync(join(directory, 'streams/public', segmentName), vault)
  await assert.rejects(withStream({ directory }, texts), { code: 'damaged' })
})

test('what cannot be appended or read is said, and nothing is written', async (context) => {
  const truth = await openFiles({ directory: temporaryFolder(context) })
  const stream = await truth.stream('public')
  await assert.rejects(stream.append([]), { code: 'bad-range' })
  await assert.rejects(stream.append([new Uint8Array(2 ** 24)]), { code: 'too-large' })
  const large = new Uint8Array(2 ** 24 - 1)
  await assert.rejects(stream.append([large, large, large, large, large]), { code: 'too-large' })
  assert.equal(stream.size, 0)
  for (const seq of [0, -1, 0.5, NaN]) assert.throws(() => stream.read(seq), { code: 'not-found' })
  assert.throws(() => stream.readRange(0, 1), { code: 'not-found' })
  assert.deepEqual(stream.readRange(0, 0), [])
  const last = stream.append([Buffer.from('a')])
  await truth.close()
  assert.equal(await last, 0)
  await assert.rejects(stream.append([Buffer.from('b')]), { code: 'closed' })
  assert.throws(() => stream.readRange(0, 0), { code: 'closed' })
})

test('the largest record goes through', async (context) => {
  const directory = temporaryFolder(context)
  const large = Buffer.alloc(2 ** 24 - 1, 'large')
  await withStream({ directory }, (stream) => stream.append([large]))
  await withStream({ directory }, (stream) => assert.ok(large.equals(stream.read(0))))
})

test('a record takes at most 16 bytes beside its own', async (context) => {
  const directory = temporaryFolder(context)
  const count = 3000
  await withStream({ directory }, (stream) => stream.append(Array.from({ length: count }, () => Buffer.alloc(10))))
  const path = join(directory, 'streams/public', segmentName)
  const bytes = statSync(path).size + statSync(`${path}.index`).size
  assert.ok(bytes <= count * (10 + 16), `${bytes / count - 10} bytes a record`)
})

test('stream names that are paths stay inside the folder', async (context) => {
  const directory = temporaryFolder(context)
  const names = ['mirror/log.example.org/a', '..', '../x', '.', 'A', 'a', 'ä', 'a%2Fb']
  await withStream({ directory }, async (_, truth) => {
    for (const name of names) await (await truth.stream(name)).append([Buffer.from(name)])
  })
  await withStream({ directory }, async (_, truth) => {
    assert.deepEqual(truth.streams(), [...names, 'public'].sort())
    for (const name of names) assert.deepEqual(texts(await truth.stream(name)), [name])
    for (const name of ['', 'a\nb', 'x'.repeat(201), '\ud800']) {
      await assert.rejects(truth.stream(name), { code: 'bad-name' })
    }
  })
})
