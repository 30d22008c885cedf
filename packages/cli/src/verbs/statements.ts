/** Statements as files: `sign`, `submit`, `receipt`. */
import { type Client, splitCborSequence } from '@comity/contract'
import { attachReceipt, decodeStatement, statementUrn } from '@comity/statement'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { checkedReceipt, type CheckedFiling, filedResult, signed, submitChecked } from '../filing.ts'
import { signingKey } from '../keys/open-keys.ts'
import { signerOf } from '../keys/role-key.ts'
import { nameOf, short } from '../names.ts'
import { checkFree, replaceFile, writeFile } from '../output-file.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { statementIdOf } from '../statement-id.ts'
import { dateText, fields } from '../terminal/text.ts'
import { type ConfirmOptions, checkConfirmOptions, confirmationOf, confirmationRows } from './confirmation.ts'

export const registerStatements: Register = (program, { run }) => {
  program
    .command('sign <kind> <payload>')
    .summary('sign a statement of any kind, without filing it')
    .description(
      'Signs a JSON payload, as the bytes it is, as a statement of a kind; nothing is sent. The payload is checked against the schema of its kind first. "-" reads standard input.',
    )
    .option('--sub <urn>', 'what it is about (your own party, for the kinds that are about it)')
    .option('--out <file>', 'where to write it', 'statement.cbor')
    .option('--force', 'replace the file if it exists')
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
  program
    .command('receipt <statement>')
    .summary('fetch a statement with its receipt')
    .description(
      'Fetches a statement of the log with its receipt, verifies it and writes both to a file that anybody can verify offline. The statement is named by its identifier, by how that begins (8 digits or more), or by its URN.',
    )
    .option('--out <file>', 'where to write it (16 digits of the identifier with .cbor)')
    .option('--force', 'replace the file if it exists and differs')
    .option('--confirm', 'collect cosignatures too, and write them with a .tlog-proof')
    .option('--policy <file>', 'whose cosignatures are enough: a C2SP tlog-policy file')
    .option('--wait <seconds>', 'how long to wait for those that are missing')
    .addHelpText(
      'after',
      example(
        'comity receipt 3f2a9c1d --out statement.cbor',
        'comity receipt 3f2a9c1d --confirm --policy trust --wait 10',
      ),
    )
    .action(run(receipt))
}

interface SignOptions {
  readonly sub?: string
  readonly out: string
  readonly key?: string
  readonly force?: boolean
}

async function sign(
  session: Session,
  { sub, out, key, force }: SignOptions,
  kind: string,
  payloadFile: string,
): Promise<Result> {
  const { profile, home, context } = session
  const path = session.path(out)
  checkFree(path, force)
  const payload = await session.input(payloadFile, 'the payload')
  const subject = sub ?? ownSubject(kind, profile)
  const keyOptions = { ...session.options, ...(key === undefined ? {} : { key: session.path(key) }) }
  const roleKey = await signingKey(session, { home, profile, kind }, keyOptions)
  const bytes = signed(
    { kind, sub: subject, payload },
    { iss: profile.urn, signer: signerOf(roleKey), iat: context.now() },
  )
  writeFile(path, bytes, force)
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

async function receipt(
  session: Session,
  { out, force, ...options }: ConfirmOptions & { readonly out?: string; readonly force?: boolean },
  named: string,
): Promise<Result> {
  checkConfirmOptions(options)
  const client = await session.client()
  const id = await statementIdOf(client, named)
  const bytes = await client.rawStatement(id)
  const checked = await checkedReceipt(session, client, bytes, await client.receipt(id))
  const { statement, index, size, origin, at } = checked
  const path = session.path(out ?? `${id.slice(0, 16)}.cbor`)
  writeFile(path, attachReceipt(bytes, await client.receipt(id), crypto), force)
  const author = await client.party(statement.iss)
  const founding = author.versions.at(-1)?.id
  if (founding !== undefined && session.home.aliases().length > 0)
    session.home.remember(statement.iss, await client.rawStatement(founding))
  const confirmed =
    options.confirm === true ? await confirm(session, client, { checked, path, force, options }) : undefined
  return {
    text: [
      `Fetched: ${statement.kind} by ${nameOf(author.names)}`,
      fields([
        ['statement', id],
        ['entry', `${index} of log ${short(origin)}, of ${size} then`],
        ['time', dateText(at)],
        ['file', path],
        ...(confirmed?.rows ?? []),
      ]),
    ].join('\n'),
    json: {
      id,
      kind: statement.kind,
      iss: statement.iss,
      sub: statement.sub,
      origin,
      index,
      size,
      at,
      file: path,
      ...(confirmed === undefined ? {} : { confirmation: confirmed.json }),
    },
    ...(confirmed === undefined ? {} : { exitCode: confirmed.exitCode }),
  }
}

/** Collects cosignatures and writes the proof beside the receipt. With a policy that is not met the answer is no. */
async function confirm(
  session: Session,
  client: Client,
  {
    checked: { statement },
    path,
    force,
    options,
  }: {
    readonly checked: Pick<CheckedFiling, 'statement'>
    readonly path: string
    readonly force: boolean | undefined
    readonly options: ConfirmOptions
  },
) {
  const found = await confirmationOf(session, client, { leaf: statement.leaf, id: statement.id, options })
  const { proof, size, cosigned, missing, isMet, time } = found
  const file = proof === undefined ? undefined : `${path.replace(/\.cbor$/, '')}.tlog-proof`
  if (file !== undefined && proof !== undefined) writeFile(file, proof, force)
  return {
    rows: [
      ...confirmationRows(found, options.policy),
      ...(file === undefined ? [] : [['proof', `${file}\nunder ${size} entries`] as const]),
    ],
    json: { met: isMet, cosigned, missing, time, size, proof: file ?? null },
    exitCode: options.policy === undefined || isMet ? exitCodes.ok : exitCodes.negative,
  }
}
