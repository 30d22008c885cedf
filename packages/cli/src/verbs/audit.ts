/** `comity audit` and `comity diff`. */
import type { AuditReport, AuditSource, Changes, Kept } from '@comity/node'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { secondsFrom } from '../names.ts'
import { checkFree, replaceFile } from '../output-file.ts'
import { keepHeapSmall } from '../reach/steady-heap.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { wrap } from '../terminal/text.ts'

interface AuditOptions {
  readonly trust?: string
  readonly expectOrigin?: string
  readonly expectKeeper?: string
  readonly kept?: readonly string[]
  readonly checkpointOut?: string
  readonly force?: boolean
}

export const registerAudit: Register = (program, { run }) => {
  program
    .command('audit [source]')
    .summary('check a whole log and compute its findings again')
    .description(
      'Reads a log from an address, a data folder or a backup, and checks everything in it: hashes, signatures, the rules for every entry, times, and every published finding, which is computed again and compared to the bit. It believes no server. Without a source it audits your own node. It ends with 1 if anything differs.',
    )
    .option('--trust <file>', 'witnesses you trust, a C2SP tlog-policy file')
    .option('--expect-origin <name>', 'the log it must be')
    .option('--expect-keeper <party>', 'the party that must keep it')
    .option('--kept <file>', 'a checkpoint, receipt or statement from earlier (repeatable)', collect)
    .option('--checkpoint-out <file>', 'keep the checkpoint for the next audit; may be a file of --kept')
    .option('--force', 'replace the file of --checkpoint-out though it was not compared')
    .addHelpText(
      'after',
      example('comity audit', 'comity audit https://log.example.org', 'comity audit /backups/2026-11-21'),
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

async function runAudit(session: Session, options: AuditOptions, given?: string): Promise<Result> {
  const { audit, auditSummary } = await import('@comity/node')
  const source = await sourceOf(session, given ?? session.source)
  const trust =
    options.trust === undefined
      ? undefined
      : Buffer.from(await session.input(options.trust, 'the trust policy')).toString('utf8')
  const checkpointFile = options.checkpointOut === undefined ? undefined : session.path(options.checkpointOut)
  const isCompared = (options.kept ?? []).some((each) => session.path(each) === checkpointFile)
  if (checkpointFile !== undefined && !isCompared) checkFree(checkpointFile, options.force)
  const kept: Kept[] = []
  for (const path of options.kept ?? []) kept.push({ name: basename(path), bytes: await session.input(path) })
  const keeper = options.expectKeeper === undefined ? undefined : session.partyUrn(options.expectKeeper)
  const tidy = keepHeapSmall()
  const report = await audit({
    source,
    ...(trust === undefined ? {} : { trust }),
    expect: {
      ...(options.expectOrigin === undefined ? {} : { origin: options.expectOrigin }),
      ...(keeper === undefined ? {} : { keeper }),
    },
    kept,
    onProgress: ({ step, done, total }) => {
      tidy()
      session.progress.update(step === 'entries' ? 'Auditing entries' : 'Computing findings', done, total)
    },
  })
  const lines = [auditSummary(report).trimEnd()]
  // What is compared with stays as it is when it shows that something is wrong.
  const isEvidence = isCompared && report.verdict === 'different'
  if (checkpointFile !== undefined && isEvidence) {
    lines.push(wrap(`${checkpointFile} was left as it is: it was compared with a log that differs.`))
  } else if (checkpointFile !== undefined) replaceFile(checkpointFile, report.checkpoint)
  return { text: lines.join('\n\n'), json: report, exitCode: exitOf(report) }
}

function exitOf({ verdict }: AuditReport): number {
  return verdict === 'different' ? exitCodes.negative : exitCodes.ok
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
