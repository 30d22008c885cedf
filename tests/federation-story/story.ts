/**
 * The story of a federation, by the real command and real servers: three nodes in three fictitious States, of which one
 * is lost for a while and another loses its disk, a forger who is caught, a sealed file, a hosted party that moves, and
 * an audit from outside. Every command of docs/federation.md is in it.
 *
 * Nothing waits for a clock that somebody could set: a node that is down for some seconds is down as for an hour, and
 * what comes late is waited for as long as it takes.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { absence } from './absence.ts'
import { carried, sealedFile } from './carrying.ts'
import { lostDisk } from './disk.ts'
import { type Forgery, forgery } from './forgery.ts'
import type { Say } from './machine.ts'
import { type Three, confirmation, threeStates, vulnerability } from './meeting.ts'
import { moving, witnessAlone } from './moving.ts'
import { type State, inStep } from './nodes.ts'
import { Stage, secondsSince } from './telling.ts'

/** What came of it; a test reads this, people read what was said. */
export interface Outcome {
  /** Milliseconds from filing to the receipt, with a witness down. */
  readonly receiptWhileDown: number
  /** Seconds until a statement was confirmed by the two others, all being up. */
  readonly confirmedAfter: number
  /** Seconds from the return of the lost node until what it had missed was confirmed. */
  readonly confirmedAfterReturn: number
  /** Which nodes hold the proof against the forger. */
  readonly provenBy: readonly string[]
  readonly sealedBytes: number
  /** Statements of the party that moved, in the old log and in the new. */
  readonly moved: { readonly before: number; readonly after: number }
  /** Entries that a node without a disk got back from the mirrors. */
  readonly recovered: number
  /** Entries that a node without a line has of another. */
  readonly carried: number
  readonly audit: string
  readonly seconds: number
  /** Every command line, without the name of the command. */
  readonly played: readonly (readonly string[])[]
}

/**
 * Plays it in a folder that is gone afterwards, also where `signal` breaks it off. `say` gets lines of 80 columns at
 * most.
 */
export async function play(say: Say, signal?: AbortSignal): Promise<Outcome> {
  const root = mkdtempSync(join(tmpdir(), 'comity-story-'))
  const stage = new Stage(root, say)
  try {
    const told = chapters(stage)
    // What it was in the middle of fails when the machines are left.
    told.catch(() => undefined)
    return await Promise.race([told, brokenOff(signal)])
  } finally {
    await Promise.all(stage.machines.map((each) => each.leave()))
    rmSync(root, { recursive: true, force: true })
  }
}

function brokenOff(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new Error('it was interrupted'))
    if (signal?.aborted === true) end()
    else signal?.addEventListener('abort', end, { once: true })
  })
}

async function chapters(stage: Stage): Promise<Outcome> {
  const began = performance.now()
  const three = await threeStates(stage)
  const acme = await vulnerability(stage, three)
  const confirmedAfter = await confirmation(stage, three, acme)
  const { receiptWhileDown, confirmedAfterReturn } = await absence(stage, three, acme)
  const forged = await forgery(stage, three)
  const { own, ...moved } = await moving(stage, three, acme)
  await witnessAlone(stage, forged, own)
  const sealedBytes = await sealedFile(stage, three)
  const recovered = await lostDisk(stage, three)
  const island = await carried(stage, three)
  const verdict = await audit(stage, { three, forged, own })

  const seconds = secondsSince(began)
  stage.inShort([
    `Three States cosign each other: a statement was confirmed ${confirmedAfter.toFixed(1)} s after it was asked for. With one of them lost it was registered as ever, and confirmed ${confirmedAfterReturn.toFixed(1)} s after that one began to start again; until then its log was read at the others.`,
    `The forger was found out by ${forged.provenBy.join(' and ')}, and a stranger verified the proof offline.`,
    `A file of ${sealedBytes} bytes went sealed from one State to another.`,
    `The party that moved has ${moved.before} statements in its old log and ${moved.after} in its own, and one record.`,
    `A State whose disk was lost got ${recovered} entries from the mirrors and signs on; one without a line has ${island} entries of another from files.`,
    `From outside, with three addresses: ${verdict}`,
    `${Math.round(seconds)} s in all; every node was a process of its own, and kill -9 the only way any of them ended.`,
  ])
  return {
    receiptWhileDown,
    confirmedAfter,
    confirmedAfterReturn,
    provenBy: forged.provenBy,
    sealedBytes,
    moved,
    recovered,
    carried: island,
    audit: verdict,
    seconds,
    played: stage.machines.flatMap(({ played }) => played),
  }
}

interface Audited {
  readonly three: Three
  readonly forged: Forgery
  readonly own: State
}

async function audit(stage: Stage, { three: { all }, forged: { auditor }, own }: Audited): Promise<string> {
  stage.chapter('Everything is audited from outside, with public addresses alone')
  await Promise.all(all.map((each) => each.machine.json('findings', '--publish')))
  await inStep([...all, own])
  const audited = await auditor.run('audit', ...all.map(({ machine: at }) => at.url))
  assert.equal(audited.code, 0, audited.stdout + audited.stderr)
  const verdict = (audited.stdout.split('\n\n')[0] ?? '').replaceAll(/\s+/g, ' ')
  stage.fact(verdict)
  return verdict
}
