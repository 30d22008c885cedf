/** A keeper runs a second copy of a data folder: others find out, a stranger checks it, and a successor takes its place. */
import assert from 'node:assert/strict'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import type { Three } from './meeting.ts'
import { type State, befriend, founded, insecure, peerOf, sizeOf, statusOf, until, untilHeld } from './nodes.ts'
import type { Stage } from './telling.ts'

export interface Forgery {
  /** Which nodes hold the proof. */
  readonly provenBy: readonly string[]
  /** Who audits and verifies from outside. */
  readonly auditor: Machine
  readonly successor: State
}

export async function forgery(stage: Stage, { north, east }: Three): Promise<Forgery> {
  stage.chapter('A forger is caught')
  const forger = await founded(stage.machine('mirage'), 'XD', ['--type', 'organisation'])
  const { machine: at } = forger
  // As a witness each learns at once of a head that it has not seen, wherever it reads the log at the moment.
  await Promise.all([befriend(north, forger), befriend(east, forger), befriend(forger, north, east)])
  await at.json('backup', 'kept')
  stage.fact('a second copy of its folder is made, and shown to the world in turn')
  cpSync(join(at.path, 'data'), join(at.path, 'other'), { recursive: true })
  await at.json('support', 'gids', '--declare', 'gids-7=No hidden functions')
  for (const watching of [north, east]) await untilHeld(watching, forger, await sizeOf(forger))
  await at.kill()
  await at.serve('other')
  await at.json('support', 'gids', '--data', 'other')
  const provenBy: string[] = []
  for (const watching of [north, east]) {
    await until('it is caught', async () => (await peerOf(watching, forger))?.state === 'quarantined')
    provenBy.push(watching.machine.name)
  }
  stage.fact('north and east hold two heads that it signed and that contradict each other')
  const auditor = stage.machine('auditor')
  const copy = `${north.machine.url}/mirrors/${encodeURIComponent(forger.origin)}`
  await download(`${copy}/equivocation`, join(auditor.path, 'proof.json'))
  const { verifierKeys } = await statusOf(forger)
  const keys = verifierKeys.flatMap((key) => ['--log-key', key])
  const judged = await auditor.run('verify', 'proof.json', keys)
  assert.equal(judged.code, 0, judged.stdout + judged.stderr)
  stage.fact('a stranger verifies the published proof with the key of that log alone')
  await at.kill()

  stage.chapter('Its keeper goes on with a log of another name')
  await download(`${copy}/checkpoint`, join(at.path, 'newest'))
  await at.json('restore', 'kept', '--data', 'frozen')
  const { urn, origin, recovery } = await at.json<Pick<State, 'urn' | 'origin' | 'recovery'>>(
    ['restore', '--successor', 'heir', '--checkpoint', 'newest', '--data', 'frozen'],
    insecure,
  )
  await at.serve('heir')
  const successor: State = { ...forger, urn, origin, recovery }
  for (const { machine } of [north, east]) {
    await machine.json('peer', 'remove', forger.origin, '--as', machine.name)
    await machine.json('peer', 'add', at.url, '--keeper', urn, '--allow-private', '--as', machine.name)
  }
  for (const watching of [north, east]) await untilHeld(watching, successor, await sizeOf(successor))
  assert.equal(await peerOf(north, forger), undefined)
  assert.equal((await fetch(`${copy}/equivocation`)).status, 200)
  stage.fact('the old log is off the lists; its copies and the proof stay, and stay public')
  return { provenBy, auditor, successor }
}

/** What `curl -o` does. */
async function download(url: string, file: string): Promise<void> {
  const response = await fetch(url)
  assert.equal(response.status, 200, url)
  writeFileSync(file, new Uint8Array(await response.arrayBuffer()))
}
