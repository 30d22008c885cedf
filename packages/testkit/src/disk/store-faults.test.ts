import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { nodeFileSystem } from '@comity/store'
import { faultAt, faultyFileSystem, type CallName, type CountedCall, type Fault } from './faulty-file-system.ts'
import { simulatedDisk } from './simulated-disk.ts'
import { TruthWorkload } from './truth-workload.ts'

interface Trial {
  readonly title: string
  readonly fault: Fault
  /** The calls where this can happen; all if not given. */
  readonly at?: readonly CallName[]
  /** What follows a crash: the machine stays up, or loses power. */
  readonly powerCut?: boolean
}

const writing: readonly CallName[] = [
  'open',
  'rename',
  'makeDirectory',
  'pwrite',
  'fdatasync',
  'fsync',
  'syncDirectory',
]

const trials: readonly Trial[] = [
  { title: 'the disk is full', fault: { kind: 'error', code: 'ENOSPC' }, at: writing },
  { title: 'the device fails', fault: { kind: 'error', code: 'EIO' } },
  { title: 'a write is short', fault: { kind: 'tear', bytes: 7 }, at: ['pwrite'] },
  { title: 'a write tears on a full disk', fault: { kind: 'tear', bytes: 30, andFail: 'ENOSPC' }, at: ['pwrite'] },
  { title: 'a write tears and fails', fault: { kind: 'tear', bytes: 150, andFail: 'EIO' }, at: ['pwrite'] },
  { title: 'the process is killed before the call', fault: { kind: 'crash' } },
  { title: 'power fails after the call', fault: { kind: 'crash', afterwards: true }, powerCut: true },
]

async function callsOfWorkload(): Promise<readonly CountedCall[]> {
  const faulty = faultyFileSystem(simulatedDisk().fileSystem)
  const workload = new TruthWorkload('/data')
  await workload.session(faulty.fileSystem)
  await workload.session(faulty.fileSystem)
  return faulty.calls
}

test('the workload without a fault makes some hundred calls of every kind', async () => {
  const calls = await callsOfWorkload()
  const names = new Set(calls.map((call) => call.name))
  assert.ok(calls.length > 200, `${calls.length} calls`)
  const expected: readonly CallName[] = ['open', 'rename', 'unlink', 'makeDirectory', 'list', 'stat', 'syncDirectory']
  for (const name of [...expected, 'lock', 'pread', 'pwrite', 'fdatasync', 'size', 'close'] as const) {
    assert.ok(names.has(name), name)
  }
})

for (const { title, fault, at, powerCut } of trials) {
  test(`acknowledged-is-durable: ${title}, at each call in turn`, async () => {
    for (const { number, name, path } of await callsOfWorkload()) {
      if (at !== undefined && !at.includes(name)) continue
      const disk = simulatedDisk()
      const faulty = faultyFileSystem(disk.fileSystem, faultAt(number, fault))
      const workload = new TruthWorkload('/data')
      try {
        await workload.session(faulty.fileSystem)
        if (faulty.crashed && powerCut === true) disk.crash()
        else if (faulty.crashed) disk.kill()
        // After any other fault the next session is the same machine's, with whatever its caches hold.
        await workload.session(faulty.crashed ? disk.fileSystem : faulty.fileSystem)
        if (faulty.crashed) disk.kill()
        await workload.check(disk.fileSystem)
        disk.crash()
        await workload.check(disk.fileSystem)
      } catch (error) {
        throw new Error(`at call ${number} (${name} ${path})`, { cause: error })
      }
    }
  })
}

// Real files take their time to sync, so these are samples of what the simulated disk does in full.
const realFilesStep = 11

test('acknowledged-is-durable: on real files too', async () => {
  const { length } = await callsOfWorkload()
  const parent = mkdtempSync(join(tmpdir(), 'comity-faults-'))
  try {
    for (let number = 0; number < length; number += realFilesStep) {
      const fault = trials[(number / realFilesStep) % trials.length]?.fault
      assert.ok(fault)
      const faulty = faultyFileSystem(nodeFileSystem(), faultAt(number, fault))
      const workload = new TruthWorkload(join(parent, String(number)))
      try {
        await workload.session(faulty.fileSystem)
        if (!faulty.crashed) await workload.session(faulty.fileSystem)
        faulty.bury()
        await workload.check(nodeFileSystem())
      } catch (error) {
        const call = faulty.calls[number]
        throw new Error(`at call ${number} (${call?.name} ${call?.path}), ${JSON.stringify(fault)}`, { cause: error })
      }
    }
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
})
