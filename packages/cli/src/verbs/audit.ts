/** `comity audit` and `comity diff`. */
import type { AuditProgress, AuditReport, AuditSource, Changes, Kept } from '@comity/node'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { secondsFrom } from '../names.ts'
import { checkFree, replaceFile, writeFile } from '../output-file.ts'
import { keepHeapSmall } from '../reach/steady-heap.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { wrap } from '../terminal/text.ts'

interface AuditOptions {
  readonly trust?: string
  readonly expectOrigin?: readonly string[]
  readonly expectKeeper?: readonly string[]
  readonly kept?: readonly string[]
  readonly checkpointOut?: string
  readonly force?: boolean
}

export const registerAudit: Register = (program, { run }) => {
  program
    .command('audit [sources...]')
    .summary('check whole logs and compute their findings again')
    .description(
      'Reads logs from addresses, data folders or backups, and checks everything in them: hashes, signatures, the rules for every entry, times, and every published finding, which is computed again over exactly the logs it names and compared to the bit. Several logs are checked by themselves and against each other: what they say of each other, the copies that their nodes keep of each other, and the heads that each has seen of the others. Of a log that was not given, a copy at one of those nodes is read where findings rest on it. It believes no server. Without a source it audits your own node. It ends with 1 if anything differs; where a log contradicted itself, it writes the proof into a file of this folder, for `comity verify`.',
    )
    .option('--trust <file>', 'witnesses you trust, a C2SP tlog-policy file')
    .option('--expect-origin <name>', 'the log it must be (of several: one of these)', collect)
    .option('--expect-keeper <party>', 'the party that must keep it (of several: one of these)', collect)
    .option('--kept <file>', 'a checkpoint, receipt or statement from earlier (repeatable)', collect)
    .option(
      '--checkpoint-out <file>',
      'keep the checkpoint for the next audit; may be a file of --kept. Of several logs: a folder, with a file for each',
    )
    .option('--force', 'replace the file of --checkpoint-out though it was not compared')
    .addHelpText(
      'after',
      example(
        'comity audit',
        'comity audit https://log.example.org',
        'comity audit /backups/2026-11-21',
        'comity audit https://a.example https://b.example https://c.example',
      ),
    )
    .action(run(runAudit))
  program
    .command('diff')
    .summary('what changed between two dates')
    .description('Shows what took effect between two times, and which findings are others.')
    .requiredOption('--from <time>', 'from the beginning of 2026-11-01 (UTC), from 2026-11-01T12:00:00Z, or seconds')
    .option('--to <time>', 'to the end of 2026-11-21 (UTC), or as above (now)')
    .addHelpText('after', example('comity diff --from 2026-11-01 --to 2026-11-21'))
    .action(run(diff))
}

async function runAudit(session: Session, options: AuditOptions, given: readonly string[] = []): Promise<Result> {
  const { auditLogs, auditSummary, logsSummary } = await import('@comity/node')
  const trust =
    options.trust === undefined
      ? undefined
      : Buffer.from(await session.input(options.trust, 'the trust policy')).toString('utf8')
  const out = new CheckpointFiles(session, options, given.length > 1)
  const kept: Kept[] = []
  for (const path of options.kept ?? []) kept.push({ name: basename(path), bytes: await session.input(path) })
  const sources: AuditSource[] = []
  for (const each of given.length === 0 ? [session.source] : given) sources.push(await sourceOf(session, each))
  const tidy = keepHeapSmall()
  const report = await auditLogs({
    sources,
    ...(trust === undefined ? {} : { trust }),
    expect: {
      origin: options.expectOrigin ?? [],
      keeper: (options.expectKeeper ?? []).map((each) => session.partyUrn(each)),
    },
    kept,
    onProgress: ({ step, done, total }) => {
      tidy()
      session.progress.update(progressWords[step], done, total)
    },
  })
  const [only] = report.logs
  const isOne = given.length < 2 && only !== undefined
  const lines = [
    (isOne ? auditSummary(only) : logsSummary(report)).trimEnd(),
    ...report.logs.flatMap((log) => out.keep(log)),
    ...report.forks.map(({ origin, proof }) => {
      const file = writeProof(session.context.cwd, origin, `${JSON.stringify(proof, undefined, 2)}\n`)
      return wrap(`${origin} contradicted itself; the proof: ${file}. Anybody can check it: comity verify ${file}`)
    }),
  ]
  const { verdict } = report
  return {
    text: lines.join('\n\n'),
    json: isOne ? only : report,
    exitCode: verdict === 'different' ? exitCodes.negative : exitCodes.ok,
  }
}

const progressWords: Readonly<Record<AuditProgress['step'], string>> = {
  entries: 'Auditing entries',
  copies: 'Comparing copies',
  findings: 'Computing findings',
}

/** Where checkpoints are kept for the next audit: in one file, or in a folder with one for each log. */
class CheckpointFiles {
  readonly #place: string | undefined
  readonly #compared: ReadonlySet<string>
  readonly #force: boolean | undefined
  readonly #isFolder: boolean

  /** Throws CliError `file-exists` for a file that is there and was not compared. */
  constructor(session: Session, { checkpointOut, kept = [], force }: AuditOptions, isFolder: boolean) {
    this.#place = checkpointOut === undefined ? undefined : session.path(checkpointOut)
    this.#compared = new Set(kept.map((each) => session.path(each)))
    this.#force = force
    this.#isFolder = isFolder
    if (this.#place === undefined) return
    if (isFolder) mkdirSync(this.#place, { recursive: true })
    else if (!this.#compared.has(this.#place)) checkFree(this.#place, force)
  }

  /** Returns what is to be said. What was compared stays as it is where it shows that something is wrong. */
  keep({ origin, checkpoint, verdict }: AuditReport): readonly string[] {
    if (this.#place === undefined) return []
    const file = this.#isFolder ? join(this.#place, `${encodeURIComponent(origin)}.checkpoint`) : this.#place
    const isCompared = this.#compared.has(file)
    if (isCompared && verdict === 'different')
      return [wrap(`${file} was left as it is: it was compared with a log that differs.`)]
    if (isCompared || !this.#isFolder) replaceFile(file, checkpoint)
    else writeFile(file, checkpoint, this.#force)
    return []
  }
}

/** Beside the proofs that are there already: none replaces another. Returns the name of the file. */
function writeProof(folder: string, origin: string, proof: string): string {
  for (let n = 1; ; n++) {
    const file = `fork-of-${encodeURIComponent(origin).slice(0, 24)}${n === 1 ? '' : `-${n}`}.json`
    const path = join(folder, file)
    if (existsSync(path) && readFileSync(path, 'utf8') !== proof) continue
    replaceFile(path, proof)
    return file
  }
}

async function sourceOf(session: Session, text: string): Promise<AuditSource> {
  const { FolderSource, HttpSource } = await import('@comity/node')
  if (/^https?:/.test(text)) return HttpSource.open(text)
  const path = session.path(text)
  if (!existsSync(path))
    throw new CliError('not-found', `${path} does not exist: give the address of a node, a data folder or a backup`)
  return FolderSource.open(path)
}

async function diff(session: Session, options: { readonly from: string; readonly to?: string }): Promise<Result> {
  const from = secondsFrom(options.from, '--from')
  const to = options.to === undefined ? session.context.now() : secondsFrom(options.to, '--to', 'ends')
  if (to < from) throw new CliError('usage', `--to ${options.to} lies before --from ${options.from}`)
  const found = await (await session.client()).changes(from, to)
  // The node answers with what its room `node` calls Changes; the contract leaves the form to that room.
  const changes = found as Changes
  const { changesSummary } = await import('@comity/node')
  return { text: changesSummary(changes).trimEnd(), json: changes }
}
