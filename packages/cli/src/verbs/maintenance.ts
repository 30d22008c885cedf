/** `comity status` and `comity rebuild`. */
import { openFiles, openReadOnly } from '@comity/store'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { nameOf, short } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { countText, dateText, fields, plural } from '../terminal/text.ts'
import { peersOfFolder } from './peer.ts'
import { peerCount, peerTable } from './peer-table.ts'

export const registerMaintenance: Register = (program, { run }) => {
  program
    .command('status')
    .summary('how a node stands')
    .description(
      'Shows the log, its newest checkpoint and whether the node takes statements. A data folder that no node serves is looked into without keys.',
    )
    .option('--wait [seconds]', 'wait until a node answers, 60 seconds at most or as many as given')
    .addHelpText(
      'after',
      example('comity status', 'comity status --node https://log.example.org', 'comity status --wait'),
    )
    .action(run(status))
  program
    .command('rebuild')
    .summary('throw the views away and compute them again')
    .description(
      'Deletes register and match tables, which are views, and computes them again from the log. The node must not be running.',
    )
    .addHelpText('after', example('comity rebuild --data /var/lib/comity'))
    .action(run(rebuild))
}

interface StatusOptions {
  readonly wait?: string | true
}

async function status(session: Session, { wait }: StatusOptions): Promise<Result> {
  if (wait !== undefined) await answering(session, wait === true ? defaultWait : secondsOf(wait))
  const folder = session.offlineFolder
  if (folder !== undefined) return folderStatus(folder.path, folder.founded())
  const client = await session.client()
  const found = await client.status()
  const { peers } = await client.peers()
  const { origin, keeper, size, root, at, parties, ruleset, sample, accepting, software } = found
  return {
    text: [
      `${session.address}${sample ? ', a sample register' : ''}`,
      fields([
        ['keeper', nameOf(keeper.names)],
        ['party', keeper.urn.slice(-64)],
        ['log', short(origin)],
        ['entries', countText(size)],
        ['root', root.slice('sha256:'.length)],
        ['time', dateText(at)],
        ['parties', countText(parties)],
        ['ruleset', `${ruleset.version} (${short(ruleset.digest)})`],
        ['takes', accepting ? 'statements' : 'nothing at the moment: see /health/ready'],
        ['software', `${software.name} ${software.version}`],
        ['peers', peers.length === 0 ? undefined : peerCount(peers)],
      ]),
      ...(peers.length === 0 ? [] : ['', peerTable(peers, session.context.now())]),
    ].join('\n'),
    json: { node: session.address, serving: true, ...found, peers },
  }
}

/** Seconds: a node on a busy machine is up in five. */
const defaultWait = 60

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= 3600) return seconds
  throw new CliError('usage', `--wait "${text}" is no number of seconds from 1 to 3600`)
}

/** Resolves when a node answers where this run would ask one. Throws CliError `unreachable` when the time is over. */
async function answering(session: Session, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    if (await session.answers()) return
    session.progress.update(`Waiting for a node at ${session.address}`)
    await delay(200)
  }
  throw new CliError('unreachable', `no node answered at ${session.address} within ${plural(seconds, 'second')}`)
}

/** What the folder itself says. The checkpoint's signature is not looked at: `comity audit DIR` does that. */
function folderStatus(path: string, { origin, keeper }: { readonly origin: string; readonly keeper: string }): Result {
  const cells = openReadOnly(path).cells()
  const checkpoint = readCell(cells.get('checkpoint')?.value)
  const restored = readCell(cells.get('restored')?.value)
  const frozen = restored !== undefined && restored['resumedAt'] === undefined
  const peers = peersOfFolder(path).map(({ origin: of, url }) => ({ origin: of, url }))
  const { size, root, at } = checkpoint ?? {}
  if (typeof size !== 'number' || typeof root !== 'string' || typeof at !== 'number') {
    throw new CliError('not-founded', `${path} holds no signed checkpoint`)
  }
  return {
    text: [
      `${path}, not running`,
      fields([
        ['party', keeper.slice(-64)],
        ['log', short(origin)],
        ['entries', countText(size)],
        ['root', root],
        ['time', dateText(at)],
        ['frozen', frozen ? 'it was restored from a backup: comity restore --recover' : undefined],
        ['peers', peers.length === 0 ? undefined : countText(peers.length)],
      ]),
    ].join('\n'),
    json: { data: path, serving: false, origin, keeper, size, root: `sha256:${root}`, at, frozen, peers },
  }
}

function readCell(value: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  return value === undefined ? undefined : JSON.parse(Buffer.from(value).toString())
}

async function rebuild(session: Session): Promise<Result> {
  const { data } = session
  data.founded()
  const serving = data.serving()
  if (serving !== undefined) throw new CliError('storage', `a node serves this folder at ${serving}: stop it first`)
  const { openNode, openNodeKeys } = await import('../reach/serve-node.ts')
  const { masterKey } = await openNodeKeys(session, data)
  // The lock is held while views go, so that no node is just starting on them.
  const truth = await openFiles({ directory: data.path, ...(masterKey === undefined ? {} : { masterKey }) })
  rmSync(join(data.path, 'views'), { recursive: true, force: true })
  await truth.close()
  const begun = performance.now()
  const { node, vault } = await openNode(session, data, 'Rebuilding')
  await vault.settled((done, total) => session.progress.update('Matching inventories', done, total))
  const { size } = node.head
  await vault.close()
  await node.close()
  const seconds = Math.round((performance.now() - begun) / 10) / 100
  return {
    text: `Rebuilt: the views of ${plural(size, 'entry', 'entries')}, in ${seconds} s`,
    json: { size, seconds },
  }
}
