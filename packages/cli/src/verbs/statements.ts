/** Statements as files: `sign`, `submit`, `approve`, `receipt`. */
import { splitCborSequence } from '@comity/contract'
import { attachReceipt, decodeStatement, statementUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { checkedReceipt, type FilingOptions, fileDraft, filedResult, signed, submitChecked } from '../filing.ts'
import { openKeyFile, signingKey } from '../keys/open-keys.ts'
import { recoveryKeysIn } from '../keys/party-keys.ts'
import { signerOf } from '../keys/role-key.ts'
import { nameOf, short, statementIdFrom } from '../names.ts'
import { replaceFile } from '../output-file.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { dateText, fields } from '../terminal/text.ts'
import { withFilingOptions } from './filing-options.ts'

export const registerStatements: Register = (program, { run }) => {
  program
    .command('sign <kind> <payload>')
    .summary('sign a statement of any kind, without filing it')
    .description(
      'Signs a JSON payload, as the bytes it is, as a statement of a kind; nothing is sent. The payload is checked against the schema of its kind first. "-" reads standard input.',
    )
    .option('--sub <urn>', 'what it is about (your own party, for the kinds that are about it)')
    .option('--out <file>', 'where to write it', 'statement.cbor')
    .option('--key <file>', "sign with this key file in place of the party's own")
    .addHelpText('after', example('comity sign support word.json --as acme --sub urn:comity:instrument:gids'))
    .action(run(sign))
  program
    .command('submit <file...>')
    .summary('register signed statements')
    .description(
      'Registers statements from files, one or several in each (a CBOR sequence), in this order. Each file is completed with the receipts.',
    )
    .option('--no-attach', 'leave the files as they are')
    .addHelpText('after', example('comity submit statement.cbor --as acme'))
    .action(run(submit))
  withFilingOptions(program.command('approve <statement>'))
    .summary('add a further signature under a statement of your party')
    .description(
      'Approves a statement of your own party, by its identifier or file, with an approval key or with a recovery key. It takes effect once as many keys have signed as the party demands.',
    )
    .option('--recovery-file <file>', 'approve with the recovery key in this file')
    .addHelpText('after', example('comity approve statement.cbor --as acme --key approve-1.json'))
    .action(run(approve))
  program
    .command('receipt <statement>')
    .summary('fetch a statement with its receipt')
    .description(
      'Fetches a statement of the log with its receipt, verifies it and writes both to a file that anybody can verify offline.',
    )
    .option('--out <file>', 'where to write it (the identifier with .cbor)')
    .addHelpText('after', example('comity receipt 3f2a… --out statement.cbor'))
    .action(run(receipt))
}

interface SignOptions {
  readonly sub?: string
  readonly out: string
  readonly key?: string
}

async function sign(
  session: Session,
  { sub, out, key }: SignOptions,
  kind: string,
  payloadFile: string,
): Promise<Result> {
  const { profile, home, context } = session
  const payload = await session.input(payloadFile, 'the payload')
  const subject = sub ?? ownSubject(kind, profile)
  const keyOptions = { ...session.options, ...(key === undefined ? {} : { key: session.path(key) }) }
  const roleKey = await signingKey(session, { home, profile, kind }, keyOptions)
  const bytes = signed(
    { kind, sub: subject, payload },
    { iss: profile.urn, signer: signerOf(roleKey), iat: context.now() },
  )
  const path = session.path(out)
  replaceFile(path, bytes)
  const { id } = decodeStatement(bytes, crypto)
  return {
    text: [
      `Signed: ${kind} by ${profile.alias}`,
      fields([
        ['statement', id],
        ['about', short(subject)],
        ['file', path],
      ]),
    ].join('\n'),
    json: { id, urn: statementUrn(id), kind, sub: subject, file: path },
  }
}

function ownSubject(kind: string, { urn, home }: { readonly urn: string; readonly home: string }): string {
  if (kind === 'party' || kind === 'trust') return urn
  if (kind === 'policy' || kind === 'continuation' || kind === 'findings') return home
  throw new CliError('usage', `a statement of kind ${kind} is about something: give --sub`)
}

async function submit(
  session: Session,
  { attach }: { readonly attach: boolean },
  files: readonly string[],
): Promise<Result> {
  const client = await session.client('party')
  const results: Result[] = []
  for (const file of files) {
    const items = splitCborSequence(await session.input(file, 'the statement file'))
    const transparent: Uint8Array[] = []
    for (const [i, bytes] of items.entries()) {
      session.progress.update(`Submitting ${file}`, i, items.length)
      const filed = await submitChecked(session, client, bytes)
      transparent.push(filed.transparent)
      results.push(await filedResult(client, filed, `${filed.statement.kind} from ${file}`))
    }
    if (attach && file !== '-') replaceFile(session.path(file), Buffer.concat(transparent))
  }
  return {
    text: results.map(({ text }) => text).join('\n\n'),
    json: results.length === 1 ? results[0]?.json : results.map(({ json }) => json),
  }
}

async function approve(
  session: Session,
  options: FilingOptions & { readonly recoveryFile?: string },
  named: string,
): Promise<Result> {
  const id = /^(?:urn:|[0-9a-f]{64}$)/.test(named)
    ? statementIdFrom(named)
    : decodeStatement(await session.input(named, 'the statement'), crypto).id
  const draft = { kind: 'approval', sub: statementUrn(id), payload: {}, title: `approval of ${id.slice(0, 8)}…` }
  if (options.recoveryFile === undefined) return fileDraft(session, draft, options)
  const path = session.path(options.recoveryFile)
  const [key] = recoveryKeysIn((await openKeyFile(session, path, session.options)).keys)
  if (key === undefined) throw new CliError('missing-key', `${path} holds no recovery key`)
  const { urn, home } = session.profile
  const bytes = signed(draft, { iss: urn, signer: signerOf(key), iat: session.context.now() })
  const client = await session.client('party')
  return filedResult(client, await submitChecked(session, client, bytes, { home }), draft.title)
}

async function receipt(session: Session, { out }: { readonly out?: string }, named: string): Promise<Result> {
  const id = statementIdFrom(named)
  const client = await session.client()
  const bytes = await client.rawStatement(id)
  const checked = await checkedReceipt(session, client, bytes, await client.receipt(id))
  const { statement, index, size, origin, at } = checked
  const path = session.path(out ?? `${id.slice(0, 16)}.cbor`)
  replaceFile(path, attachReceipt(bytes, await client.receipt(id), crypto))
  const author = await client.party(statement.iss)
  const founding = author.versions.at(-1)?.id
  if (founding !== undefined && session.home.aliases().length > 0)
    session.home.remember(statement.iss, await client.rawStatement(founding))
  return {
    text: [
      `Fetched: ${statement.kind} by ${nameOf(author.names)}`,
      fields([
        ['statement', id],
        ['entry', `${index} of log ${short(origin)}, of ${size} then`],
        ['time', dateText(at)],
        ['file', path],
      ]),
    ].join('\n'),
    json: { id, kind: statement.kind, iss: statement.iss, sub: statement.sub, origin, index, size, at, file: path },
  }
}
