/** `comity backup` and `comity restore`. */
import { LogError, parseCheckpoint, parseNote } from '@comity/log'
import type { RecoveryReport, ResumptionReport } from '@comity/node'
import { restoreBackup, verifyBackup } from '@comity/store'
import { posix, win32 } from 'node:path'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { DataFolder } from '../home/data-folder.ts'
import { makePrivateFolder, readBytes } from '../home/private-file.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { logKeyOf, nodeKeysOf } from '../keys/node-keys.ts'
import { short } from '../names.ts'
import { backupNode, undoOfCopy } from '../reach/backup-node.ts'
import { example, type Register } from '../registrar.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { countText, dateText, fields, plural, wrap } from '../terminal/text.ts'
import { orUndo } from '../undo-on-signal.ts'

interface RestoreOptions extends GlobalOptions {
  readonly checkpoint?: string
  readonly recover?: boolean
  readonly acceptMissing?: boolean
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
      'Makes a data folder of a backup. The node in it is frozen: it serves and signs nothing, for its log may have gone on after the backup. With --recover it asks its peers what its log got since, takes the entries that it lacks from those who mirror it, and resumes when it holds the newest that any of them has seen. Shown the newest checkpoint that anybody has (--checkpoint), it resumes if that equals its own. If nobody has what came after, it never signs again: --successor founds a log that continues it under a new name.',
    )
    .option('--recover', 'get what its log got since from the peers that mirror it')
    .option('--accept-missing', 'with --recover: resume although some peers did not answer')
    .option('--checkpoint <file|url>', 'the newest checkpoint that anybody has')
    .option('--successor <dir>', 'found a successor log in this folder')
    .option('--without-keyring', 'leave the vault’s keys out: of a backup past its date')
    .option('--key <file>', "the keeper's signing key, for --successor")
    .option('--insecure-no-passphrase', "leave the successor's keys unencrypted")
    .addHelpText(
      'after',
      example(
        'comity restore /backups/2026-11-21 --data /var/lib/comity',
        'comity restore --recover --data /var/lib/comity',
        'comity restore --checkpoint newest.txt --data /var/lib/comity',
      ),
    )
    .action(run(restore))
}

async function backup(session: Session, _options: object, target: string): Promise<Result> {
  const folder = session.offlineFolder
  const made = folder === undefined ? await backupServed(session, target) : await backupFolder(session, folder, target)
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

/** The node makes the copy, on its own machine. */
async function backupServed(session: Session, target: string) {
  const client = await session.client('keeper')
  const isHere = session.data.serving() === session.address
  if (!isHere && !posix.isAbsolute(target) && !win32.isAbsolute(target)) {
    throw new CliError(
      'usage',
      `"${target}" is a folder on the machine of the node at ${session.address}: give its absolute path there`,
    )
  }
  const directory = isHere ? session.path(target) : target
  return client.backup({ directory }, (step, done, total) => session.progress.update(stepWords[step], done, total))
}

/** Bytes follow. */
const stepWords = { copying: 'Copying bytes', verifying: 'Verifying bytes' } as const

/** The folder is opened for the copy alone: no node starts, nothing is signed. */
async function backupFolder(session: Session, folder: DataFolder, target: string) {
  const directory = session.path(target)
  new DataFolder(directory).checkEmpty('a backup goes into a new folder')
  const { openNodeKeys } = await import('../reach/serve-node.ts')
  const { openFiles } = await import('@comity/store')
  const { masterKey } = await openNodeKeys(session, folder)
  const truth = await openFiles({ directory: folder.path, ...(masterKey === undefined ? {} : { masterKey }) })
  const request = {
    data: folder,
    directory,
    at: session.context.now(),
    onProgress: (step: keyof typeof stepWords, done: number, total: number) =>
      session.progress.update(stepWords[step], done, total),
  }
  try {
    return await orUndo(session.context, undoOfCopy(directory), () => backupNode(truth, request))
  } finally {
    await truth.close()
  }
}

async function restore(session: Session, options: RestoreOptions, from?: string): Promise<Result> {
  const results: Result[] = []
  if (from !== undefined) results.push(await restoreFrom(session, options, session.path(from)))
  if (options.acceptMissing === true && options.recover !== true)
    throw new CliError('usage', '--accept-missing goes with --recover')
  if (options.recover === true && options.successor !== undefined)
    throw new CliError('usage', '--recover brings the log back and --successor gives it up: choose one of them')
  if (options.recover === true) results.push(await recover(session, options))
  if (options.checkpoint !== undefined || options.successor !== undefined) results.push(await resume(session, options))
  if (results.length === 0)
    throw new CliError('usage', 'name a backup, or let a restored node resume with --recover or --checkpoint')
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
  data.checkEmpty('name a new folder for the restored node with --data DIR')
  const { origin, keeper } = source.founded()
  const keyText = Buffer.from(readBytes(source.keyFile)).toString('utf8')
  const { masterKey } = nodeKeysOf(await openKeyFile(session, source.keyFile, session.options), origin)
  const hears = (what: string) => (done: number, total: number) => session.progress.update(what, done, total)
  await verifyBackup(from, { onProgress: hears('Verifying bytes') })
  const manifest = await orUndo(context, undoOfCopy(data.path), async () => {
    makePrivateFolder(data.path)
    const restored = await restoreBackup(from, data.path, {
      at: context.now(),
      onProgress: hears('Restoring bytes'),
      ...(options.withoutKeyring === true ? { withoutKeyring: true } : masterKey === undefined ? {} : { masterKey }),
    })
    data.write({ origin, keeper }, keyText)
    return restored
  })
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
        'It signs nothing until it has all that its log got after the backup: comity restore --recover gets that from its peers. Without peers, comity restore --checkpoint shows it the newest checkpoint that anybody has (a witness, a mirror, an auditor).',
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
  }).catch((error: unknown) => {
    if (!(error instanceof LogError)) throw error
    const hint = 'if the key of the log was replaced after this backup, only a newer backup can show more'
    throw new CliError('bad-input', `${options.checkpoint ?? ''}: ${error.message}; ${hint}`, {
      inner: error.code,
      cause: error,
    })
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

async function recover(session: Session, { acceptMissing = false }: RestoreOptions): Promise<Result> {
  const { data, context } = session
  const { origin } = data.founded()
  const ring = await openKeyFile(session, data.keyFile, session.options)
  const { masterKey } = nodeKeysOf(ring, origin)
  const { recoverTail } = await import('@comity/node')
  const report = await recoverTail({
    directory: data.path,
    ...(masterKey === undefined ? {} : { masterKey }),
    logKeys: [logKeyOf(ring)],
    now: () => context.now(),
    acceptMissing,
    onProgress: (done, total) => session.progress.update('Recovering entries', done, total),
  })
  session.progress.end()
  return recoveryResult(report, data.path)
}

async function fetchCheckpoint(session: Session, from: string): Promise<Uint8Array> {
  if (!/^https?:/.test(from)) return checkedCheckpoint(await session.input(from, 'the checkpoint'), from)
  const address = from.endsWith('/checkpoint') ? from : `${from.replace(/\/$/, '')}/checkpoint`
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(30_000) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    return checkedCheckpoint(new Uint8Array(await response.arrayBuffer()), address)
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(
      'unreachable',
      `no checkpoint from ${address}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

/** Says which file or address holds something else. Whether the log signed it is for the node to say. */
function checkedCheckpoint(bytes: Uint8Array, from: string): Uint8Array {
  if (bytes.length === 0) {
    throw new CliError('bad-input', `${from} is empty: it should hold a checkpoint, as a node serves it at /checkpoint`)
  }
  try {
    parseCheckpoint(parseNote(bytes).text)
    return bytes
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new CliError('bad-input', `${from} is no checkpoint: ${error.message}`, { inner: error.code, cause: error })
  }
}

function resumptionResult({ outcome, own, shown, origin }: ResumptionReport, path: string): Result {
  const words: Readonly<Record<ResumptionReport['outcome'], string>> = {
    resumed:
      'Resumed: the checkpoint shown equals its own, so the log did not go on. The node signs again.\nStop the old node, if it still runs: two that sign one log fork it.',
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

function recoveryResult(report: RecoveryReport, path: string): Result {
  const { outcome, origin, before, size, newest, documents, peers } = report
  const got = size === before ? 'nothing new' : plural(size - before, 'entry', 'entries')
  const words: Readonly<Record<RecoveryReport['outcome'], string>> = {
    resumed:
      'Resumed: it holds all that any of its peers has seen of its log, and signs again. What was private after the backup (accounts, tokens, inventories, sealed messages) was in nobody’s mirror.\nStop the old node, if it still runs: two that sign one log fork it.',
    'not-frozen': 'Nothing to do: this node is not frozen.',
    behind: `Stays frozen: somebody has seen ${plural(newest, 'entry', 'entries')} of its log and nobody who was asked serves them all. Try again when its mirrors have caught up, or found a log that continues it: comity restore --successor DIR --checkpoint …`,
    waiting: peers.some(({ mirror, witness }) => mirror === 'head' || witness === 'size')
      ? documents.unanswered.length > 0
        ? 'Stays frozen: documents that its log cites are still to be had, and who may have them did not answer. Try again, or say with --accept-missing to go on without them.'
        : 'Stays frozen: it holds all that those know who answered, and somebody who did not may know more. Try again, or say with --accept-missing that nobody else has seen its log.'
      : 'Stays frozen: none of its peers showed a checkpoint of its log. Try again, or show it the newest checkpoint that anybody has: comity restore --checkpoint',
  }
  const isRight = outcome === 'resumed' || outcome === 'not-frozen'
  const missing = [
    ...documents.missing.map((digest): readonly [string, string] => ['missing', digest]),
    ...documents.unanswered.map((digest): readonly [string, string] => ['not answered', digest]),
  ]
  return {
    text: [
      wrap(words[outcome]),
      '',
      fields([
        ['got', got],
        ['documents', countText(documents.fetched)],
        ...missing.slice(0, 16),
        ...peers.map((peer): readonly [string, string] => ['peer', `${short(peer.origin)} ${peerWords(peer)}`]),
      ]),
    ].join('\n'),
    json: { ...report, frozen: !isRight, origin, recovered: size - before, data: path },
    exitCode: isRight ? exitCodes.ok : exitCodes.negative,
  }
}

function peerWords({ mirror, witness, size, error }: RecoveryReport['peers'][number]): string {
  if (error !== undefined) return `did not answer (${error.code})`
  if (size === undefined) return 'keeps no copy'
  return `${witness === undefined ? 'has' : 'has seen'} ${countText(size)}${mirror === 'head' ? '' : ', keeps no copy'}`
}
