import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { nodeFileSystem } from '@comity/store'
import { faultAt, faultyFileSystem, type CountedCall, type Fault } from './faulty-file-system.ts'
import { simulatedDisk } from './simulated-disk.ts'
import { TruthWorkload } from './truth-workload.ts'

const faults: readonly Fault[] = [
  { kind: 'error', code: 'ENOSPC' },
  { kind: 'error', code: 'EIO' },
  { kind: 'tear', bytes: 7 },
  { kind: 'tear', bytes: 30, andFail: 'ENOSPC' },
  { kind: 'tear', bytes: 150, andFail: 'EIO' },
  { kind: 'crash' },
  { kind: 'crash', afterwards: true },
]

async function callsOfWorkload(): Promise<readonly CountedCall[]> {
  const faulty = faultyFileSystem(simulatedDisk().fileSystem)
  const workload = new TruthWorkload('/data')
  await workload.session(faulty.fileSystem)
  await workload.session(faulty.fileSystem)
  await workload.check(faulty.fileSystem)
  return faulty.calls
}

test('the workload without a fault makes some hundred calls of every kind', async () => {
  const calls = await callsOfWorkload()
  const names = new Set(calls.map((call) => call.name))
  assert.ok(calls.length > 200, `${calls.length} calls`)
  for (const name of ['open', 'rename', 'unlink', 'makeDirectory', 'list', 'stat', 'syncDirectory'] as const) {
    assert.ok(names.has(name), name)
  }
  for (const name of ['lock', 'pread', 'pwrite', 'fdatasync', 'size', 'close'] as const)
    assert.ok(names.has(name), name)
})

for (const fault of faults) {
  test(`acknowledged-is-durable: ${JSON.stringify(fault)} at each call in turn, then a power cut`, async () => {
    const { length } = await callsOfWorkload()
    for (let number = 0; number < length; number++) {
      const disk = simulatedDisk()
      const faulty = faultyFileSystem(disk.fileSystem, faultAt(number, fault))
      const workload = new TruthWorkload('/data')
      try {
        await workload.session(faulty.fileSystem)
        // A process that died is followed by a machine that lost power, on odd calls.
        if (faulty.crashed && number % 2 === 0) disk.kill()
        else if (faulty.crashed) disk.crash()
        await workload.session(faulty.crashed ? disk.fileSystem : faulty.fileSystem)
        if (faulty.crashed) disk.kill()
        await workload.check(disk.fileSystem)
        disk.crash()
        await workload.check(disk.fileSystem)
      } catch (error) {
        const call = faulty.calls[number]
        throw new Error(`at call ${number} (${call?.name} ${call?.path})`, { cause: error })
      }
    }
  })
}

// Real files take their time to sync, so these are samples of what the simulated disk does in full.
const realFilesStep = 7

test('acknowledged-is-durable: on real files too, calls fail or tear', async () => {
  const { length } = await callsOfWorkload()
  const parent = mkdtempSync(join(tmpdir(), 'comity-faults-'))
  try {
    for (let number = 0; number < length; number += realFilesStep) {
      const fault = faults[(number / realFilesStep) % faults.length]
      assert.ok(fault)
      const directory = join(parent, String(number))
      const faulty = faultyFileSystem(nodeFileSystem(), faultAt(number, fault))
      const workload = new TruthWorkload(directory)
      try {
        await workload.session(faulty.fileSystem)
        if (!faulty.crashed) await workload.session(faulty.fileSystem)
        faulty.bury()
        await workload.check(nodeFileSystem())
      } catch (error) {
        const call = faulty.calls[number]
        throw new Error(`at call ${number} (${call?.name} ${call?.path}), ${JSON.stringify(fault)}`, { cause: error })
      }
      rmSync(directory, { recursive: true, force: true })
    }
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
})
