/** `comity carry`: logs and documents between nodes that have no link, as files. */
import type { CarryFile, CarryImported, ComityNode as Node, ImportedLog } from '@comity/node'
import { rmSync, writeFileSync } from 'node:fs'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { short } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { countText, fields, plain, plural, wrap } from '../terminal/text.ts'

interface ExportOptions {
  readonly to: string
  readonly origin?: readonly string[]
  readonly since?: string
  readonly for?: string
  readonly partBytes?: string
}

interface ImportOptions {
  readonly follow?: readonly string[]
  readonly receipt?: string
}

/** What another node has, as its import wrote it. */
interface Receipt {
  readonly comity: 'carry-receipt'
  readonly logs: readonly { readonly origin: string; readonly size: number }[]
}

/** Less would hold no bundle of large entries. */
const smallestPart = 1 << 20

export const registerCarry: Register = (program, { run }) => {
  const carry = program
    .command('carry')
    .summary('logs and documents for a node without a link, as files')
    .description(
      'Nodes that cannot reach each other follow each other by files that somebody carries. What a file holds is verified as if it had come from the peer itself, so it does not matter who carried it.',
    )
    .addHelpText('after', example('comity carry export --to stick.comity', 'comity carry import stick.comity'))
  carry
    .command('export')
    .summary('write what another node lacks into a file')
    .description(
      'Writes logs of this node, its own and those it mirrors, with the documents that they cite, into a file signed with its receipt key. With --for only what a node lacks that sent the receipt of its last import. Withheld documents are left out. The node may be running.',
    )
    .requiredOption('--to <file>', 'the file to write; further parts get .2, .3 … behind the name')
    .option('--origin <log>', 'only this log (repeatable)', collect)
    .option('--since <size>', 'the other node has so many entries of the log')
    .option('--for <file>', 'the receipt that an import at the other node wrote')
    .option('--part-bytes <bytes>', 'split into files of about that size')
    .addHelpText(
      'after',
      example(
        'comity carry export --to stick.comity --data /var/lib/comity',
        'comity carry export --to stick.comity --for receipt.json',
        'comity carry export --to stick.comity --part-bytes 4000000000',
      ),
    )
    .action(run(exportFile))
  carry
    .command('import <file...>')
    .summary('take what a file holds of the logs that are followed')
    .description(
      'Takes entries and documents of the logs that this node follows out of carried files, and verifies them as if they came from the peer. A file that is cut off or spoilt gives what is whole; import a better copy and it goes on. The node must not be running. --follow begins to follow a log that has no address: give the party that keeps it, as its keeper told you.',
    )
    .option('--follow <party>', 'follow the log that this party keeps (repeatable)', collect)
    .option('--receipt <file>', 'write what is here now, for the next export --for')
    .addHelpText(
      'after',
      example(
        'comity carry import stick.comity --data ./data --receipt receipt.json',
        'comity carry import stick.comity stick.comity.2',
        'comity carry import stick.comity --follow 3f2a9c…',
      ),
    )
    .action(run(importFiles))
}

async function exportFile(session: Session, options: ExportOptions): Promise<Result> {
  const { data, context } = session
  const { openNodeKeys } = await import('../reach/serve-node.ts')
  const { exportCarry } = await import('@comity/node')
  data.founded()
  const since = await sinceOf(session, options)
  const partBytes = options.partBytes === undefined ? undefined : countOf('--part-bytes', options.partBytes)
  if (partBytes !== undefined && partBytes < smallestPart)
    throw new CliError('usage', `--part-bytes must be at least ${smallestPart}, not ${partBytes}`)
  const { keys } = await openNodeKeys(session, data)
  const made = await exportCarry({
    directory: data.path,
    to: session.path(options.to),
    signer: keys.receipt,
    at: context.now(),
    since,
    ...(options.origin === undefined ? {} : { origins: options.origin }),
    ...(partBytes === undefined ? {} : { partBytes }),
  }).catch(asCliError)
  return {
    text: [
      `Written and signed: ${plural(made.files.length, 'file', 'files')}`,
      fields([
        ...made.files.map((path): readonly [string, string] => ['file', path]),
        ['bytes', countText(made.bytes)],
        ...made.logs.map((log): readonly [string, string] => [
          'log',
          `${short(log.origin)} ${countText(log.since)} to ${countText(log.size)}`,
        ]),
        ['documents', countText(made.documents)],
      ]),
    ].join('\n'),
    json: made,
  }
}

async function sinceOf(session: Session, options: ExportOptions): Promise<(origin: string) => number> {
  if (options.since !== undefined && options.for !== undefined)
    throw new CliError('usage', '--since and --for say the same thing: give one of them')
  if (options.for !== undefined) {
    const { logs } = receiptIn(await session.input(options.for, 'the receipt'), options.for)
    const sizes = new Map(logs.map(({ origin, size }) => [origin, size]))
    return (origin) => sizes.get(origin) ?? 0
  }
  if (options.since === undefined) return () => 0
  if (options.origin?.length !== 1)
    throw new CliError('usage', '--since goes with one --origin: it counts entries of that log')
  const size = countOf('--since', options.since)
  return () => size
}

function receiptIn(bytes: Uint8Array, from: string): Receipt {
  try {
    const receipt: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (isReceipt(receipt)) return receipt
  } catch {
    // Said below.
  }
  throw new CliError('bad-input', `${from} is no receipt that "comity carry import --receipt" has written`)
}

function isReceipt(value: unknown): value is Receipt {
  if (typeof value !== 'object' || value === null || !('comity' in value) || value.comity !== 'carry-receipt')
    return false
  return 'logs' in value && Array.isArray(value.logs) && value.logs.every(isHeld)
}

function isHeld(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('origin' in value) || !('size' in value)) return false
  return typeof value.origin === 'string' && Number.isSafeInteger(value.size) && Number(value.size) >= 0
}

function countOf(option: string, text: string): number {
  const count = Number(text)
  if (/^[0-9]{1,15}$/.test(text)) return count
  throw new CliError('usage', `${option} "${text}" is no whole number`)
}

async function importFiles(session: Session, options: ImportOptions, paths: readonly string[]): Promise<Result> {
  session.data.founded()
  const { CarryFile: Files } = await import('@comity/node')
  const files: CarryFile[] = []
  try {
    for (const path of paths) files.push(await Files.open(session.path(path)).catch(asCliError))
    const imported = await importInto(session, files, options)
    if (options.receipt !== undefined) writeReceipt(session.path(options.receipt), imported.logs)
    return importResult(imported)
  } finally {
    await Promise.all(files.map((file) => file.close()))
  }
}

async function importInto(
  session: Session,
  files: readonly CarryFile[],
  options: ImportOptions,
): Promise<CarryImported> {
  const { data, context } = session
  const { ComityNode, carriedFetch, importCarry } = await import('@comity/node')
  const { openNodeKeys } = await import('../reach/serve-node.ts')
  const follow = followed(session, files, options.follow ?? [])
  const opened: Node[] = []
  const node = await ComityNode.open({
    directory: data.path,
    ...(await openNodeKeys(session, data)),
    now: () => context.now(),
    fetch: carriedFetch(files, () => opened[0]?.peers.list() ?? []),
    onProgress: (done, total) => session.progress.update('Opening the node', done, total),
  })
  opened.push(node)
  try {
    return await session.progress.during(
      'Verifying what was carried',
      importCarry({ node, files, follow }).catch(asCliError),
    )
  } finally {
    await node.close()
  }
}

/** The logs in the files that these parties keep. */
function followed(
  session: Session,
  files: readonly CarryFile[],
  parties: readonly string[],
): ReadonlyMap<string, string> {
  const logs = files.flatMap((file) => file.logs)
  return new Map(
    parties.map((party): [string, string] => {
      const keeper = session.partyUrn(party)
      const log = logs.find((each) => each.keeper === keeper)
      if (log !== undefined) return [log.origin, keeper]
      throw new CliError('usage', `no log in these files is kept by ${keeper.slice(-64)}`)
    }),
  )
}

function writeReceipt(path: string, logs: readonly ImportedLog[]): void {
  const held = logs.filter(({ size }) => size > 0).map(({ origin, size }) => ({ origin, size }))
  const receipt: Receipt = { comity: 'carry-receipt', logs: held }
  rmSync(path, { force: true })
  writeFileSync(path, `${JSON.stringify(receipt, undefined, 2)}\n`)
}

const outcomeWords: Readonly<Record<ImportedLog['outcome'], string>> = {
  taken: 'all that was carried is here',
  partly: 'some of it is missing: import the other parts, or a whole copy',
  'nothing-new': 'nothing new',
  'not-followed': 'not followed: see --follow, or comity peer add',
  own: "this node's own log",
  gap: 'what comes before is missing',
  refused: 'refused',
}

function importResult(imported: CarryImported): Result {
  const { files, logs, documents } = imported
  const lines = logs.flatMap(({ origin, before, size, outcome, error }) => [
    fields([
      ['log', short(origin)],
      ['outcome', outcomeWords[outcome]],
      ['entries', size === before ? countText(size) : `${countText(before)} to ${countText(size)}`],
      ['code', error?.code],
    ]),
    ...(error === undefined ? [] : [wrap(plain(error.message), { indent: '  ' })]),
    '',
  ])
  const faults = files.flatMap((file) =>
    file.faults.map(({ code, message }) => wrap(`${plain(message)} (code ${code})`)),
  )
  const signatures = files.map((file): readonly [string, string] => ['signature', signatureWords[file.signature]])
  const isRight = logs.every(({ outcome }) => ['taken', 'nothing-new', 'own'].includes(outcome)) && faults.length === 0
  return {
    text: [...lines, fields([['documents', countText(documents)], ...signatures]), ...faults].join('\n'),
    json: imported,
    exitCode: isRight ? exitCodes.ok : exitCodes.negative,
  }
}

const signatureWords: Readonly<Record<CarryImported['files'][number]['signature'], string>> = {
  right: 'of the node that made the file',
  unknown: 'of a node whose keys are not known here; what it holds was verified',
  wrong: 'WRONG: the file is not as it was made; what it holds was verified',
  missing: 'missing: the file is cut off; what it holds was verified',
}

/** What is wrong with a file or a log, in the codes of the federation. */
async function asCliError(error: unknown): Promise<never> {
  const { FederationError } = await import('@comity/node')
  if (!(error instanceof FederationError)) throw error
  throw new CliError('bad-input', error.message, { inner: error.code, cause: error })
}
