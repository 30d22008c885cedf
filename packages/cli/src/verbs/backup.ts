/** `comity backup` and `comity restore`. */
import type { ResumptionReport } from '@comity/node'
import { restoreBackup, verifyBackup } from '@comity/store'
import { existsSync, readdirSync } from 'node:fs'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { DataFolder } from '../home/data-folder.ts'
import { readBytes } from '../home/private-file.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { logKeyOf, nodeKeysOf } from '../keys/node-keys.ts'
import { short } from '../names.ts'
import { backupNode } from '../reach/backup-node.ts'
import { example, type Register } from '../registrar.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { countText, dateText, fields, plural, wrap } from '../terminal/text.ts'

interface RestoreOptions extends GlobalOptions {
  readonly checkpoint?: string
  readonly successor?: string
  readonly withoutKeyring?: boolean
  readonly key?: string
  readonly insecureNoPassphrase?: boolean
}

export const registerBackup: Register = (program, { run }) => {
  program
    .command('backup <dir>')
    .summary('copy a node while it runs')
    .description(
      'Copies the data folder into a new folder, consistently, while the node runs, and reads the copy back. The node’s keys are in it, as encrypted as they are.',
    )
    .addHelpText('after', example('comity backup /backups/2026-11-21'))
    .action(run(backup))
  program
    .command('restore [backup]')
    .summary('make a data folder of a backup, and let it resume')
    .description(
      'Makes a data folder of a backup. The node in it is frozen: it serves and signs nothing, for its log may have gone on after the backup. Shown the newest checkpoint that anybody has (--checkpoint), it resumes if that equals its own. If the log went on it never signs again: --successor founds a log that continues it under a new name.',
    )
    .option('--checkpoint <file|url>', 'the newest checkpoint that anybody has')
    .option('--successor <dir>', 'found a successor log in this folder')
    .option('--without-keyring', 'leave the vault’s keys out: of a backup past its date')
    .option('--key <file>', "the keeper's signing key, for --successor")
    .option('--insecure-no-passphrase', "leave the successor's keys unencrypted")
    .addHelpText(
      'after',
      example(
        'comity restore /backups/2026-11-21 --data /var/lib/comity',
        'comity restore --checkpoint newest.txt --data /var/lib/comity',
      ),
    )
    .action(run(restore))
}

async function backup(session: Session, _options: object, target: string): Promise<Result> {
  const directory = session.path(target)
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new CliError('alias-exists', `${directory} is not empty: a backup goes into a new folder`)
  }
  const folder = session.offlineFolder
  const made =
    folder === undefined ? await backupServed(session, directory) : await backupFolder(session, folder, directory)
  return {
    text: [
      `Backed up and verified: ${plural(made.size, 'entry', 'entries')}`,
      fields([
        ['folder', made.directory],
        ['bytes', countText(made.bytes)],
      ]),
    ].join('\n'),
    json: made,
  }
}

async function backupServed(session: Session, directory: string) {
  const client = await session.client('keeper')
  const { size } = await client.status()
  const what = `Backing up ${plural(size, 'entry', 'entries')}`
  return session.progress.during(what, client.backup({ directory }))
}

/** The folder is opened for the copy alone: no node starts, nothing is signed. */
async function backupFolder(session: Session, folder: DataFolder, directory: string) {
  const { openNodeKeys } = await import('../reach/serve-node.ts')
  const { openFiles } = await import('@comity/store')
  const { masterKey } = await openNodeKeys(session, folder)
  const truth = await openFiles({ directory: folder.path, ...(masterKey === undefined ? {} : { masterKey }) })
  try {
    const copy = backupNode(truth, folder, directory, session.context.now())
    return await session.progress.during('Backing up', copy)
  } finally {
    await truth.close()
  }
}

async function restore(session: Session, options: RestoreOptions, from?: string): Promise<Result> {
  const results: Result[] = []
  if (from !== undefined) results.push(await restoreFrom(session, options, session.path(from)))
  if (options.checkpoint !== undefined || options.successor !== undefined) results.push(await resume(session, options))
  if (results.length === 0)
    throw new CliError('usage', 'name a backup, or show a restored node a checkpoint with --checkpoint')
  const exitCode = results.at(-1)?.exitCode ?? exitCodes.ok
  return {
    text: results.map(({ text }) => text).join('\n\n'),
    json: Object.assign({}, ...results.map(({ json }) => json)),
    exitCode,
  }
}

async function restoreFrom(session: Session, options: RestoreOptions, from: string): Promise<Result> {
  const { data, context } = session
  const source = new DataFolder(from)
  if (!source.isFounded) throw new CliError('not-found', `${from} is no backup that "comity backup" has made`)
  await session.progress.during('Verifying the backup', verifyBackup(from))
  const { origin, keeper } = source.founded()
  const keyText = Buffer.from(readBytes(source.keyFile)).toString('utf8')
  const { masterKey } = nodeKeysOf(await openKeyFile(session, source.keyFile, session.options), origin)
  const copy = restoreBackup(from, data.path, {
    at: context.now(),
    ...(options.withoutKeyring === true ? { withoutKeyring: true } : masterKey === undefined ? {} : { masterKey }),
  })
  const manifest = await session.progress.during('Restoring', copy)
  data.write({ origin, keeper }, keyText)
  const size = manifest.streams.find(({ name }) => name === 'public')?.size ?? 0
  return {
    text: [
      `Restored, and frozen: ${plural(size, 'entry', 'entries')} of ${dateText(manifest.madeAt)}`,
      fields([
        ['data', data.path],
        ['log', short(origin)],
      ]),
      '',
      wrap(
        'It signs nothing until it is shown that its log did not go on after the backup: comity restore --checkpoint, with the newest checkpoint that anybody has (a witness, a mirror, an auditor).',
      ),
    ].join('\n'),
    json: { data: data.path, origin, size, madeAt: manifest.madeAt, frozen: true },
  }
}

async function resume(session: Session, options: RestoreOptions): Promise<Result> {
  const { data, context } = session
  const { origin } = data.founded()
  const ring = await openKeyFile(session, data.keyFile, session.options)
  const { masterKey } = nodeKeysOf(ring, origin)
  if (options.checkpoint === undefined) {
    throw new CliError(
      'usage',
      '--successor goes with --checkpoint, the newest checkpoint that anybody has: the successor continues from there',
    )
  }
  const checkpoint = await fetchCheckpoint(session, options.checkpoint)
  const { showCheckpoint } = await import('@comity/node')
  const report = await showCheckpoint({
    directory: data.path,
    ...(masterKey === undefined ? {} : { masterKey }),
    checkpoint,
    logKeys: [logKeyOf(ring)],
    now: context.now(),
  })
  if (options.successor !== undefined) {
    if (report.outcome !== 'behind') {
      throw new CliError('usage', `its log did not go on (${report.outcome}): it needs no successor`)
    }
    const { foundSuccessor } = await import('./successor.ts')
    return foundSuccessor(session, {
      ...options,
      successor: options.successor,
      predecessor: { ...report.shown, origin, checkpoint: Buffer.from(checkpoint).toString('utf8') },
    })
  }
  return resumptionResult(report, data.path)
}

async function fetchCheckpoint(session: Session, from: string): Promise<Uint8Array> {
  if (!/^https?:/.test(from)) return session.input(from, 'the checkpoint')
  const address = from.endsWith('/checkpoint') ? from : `${from.replace(/\/$/, '')}/checkpoint`
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(30_000) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    throw new CliError(
      'unreachable',
      `no checkpoint from ${address}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

function resumptionResult({ outcome, own, shown, origin }: ResumptionReport, path: string): Result {
  const words: Readonly<Record<ResumptionReport['outcome'], string>> = {
    resumed: 'Resumed: the checkpoint shown equals its own, so the log did not go on. The node signs again.',
    'not-frozen': 'Nothing to do: this node is not frozen, and the checkpoint shown equals its own.',
    behind: `Stays frozen: its log went on to ${plural(shown.size, 'entry', 'entries')} after the backup, which has ${countText(own.size)}. To sign from here would fork it. Found a log that continues it: comity restore --successor DIR --checkpoint …`,
    stale: `Stays frozen: the checkpoint shown has ${plural(shown.size, 'entry', 'entries')} and the backup ${countText(own.size)}, so it is older and shows nothing. A newer one is needed.`,
  }
  const isRight = outcome === 'resumed' || outcome === 'not-frozen'
  return {
    text: wrap(words[outcome]),
    json: { outcome, frozen: outcome === 'behind' || outcome === 'stale', origin, own, shown, data: path },
    exitCode: isRight ? exitCodes.ok : exitCodes.negative,
  }
}
