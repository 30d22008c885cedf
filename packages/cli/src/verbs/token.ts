/** `comity token`: who may file at your node. */
import type { Result } from '../context.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { createPrivateFile } from '../home/private-file.ts'
import { dateText, fields, plain, table, wrap } from '../terminal/text.ts'

interface IssueOptions {
  readonly label: string
  readonly party?: string
  readonly admin?: boolean
  readonly out?: string
}

export const registerToken: Register = (program, { run }) => {
  const token = program
    .command('token')
    .summary('issue, list and revoke tokens to file with')
    .description(
      'Tokens say who may file at a node. A token authorises filing, never authorship: what a statement says is on the word of the keys that signed it.',
    )
    .addHelpText('after', example('comity token issue --label "Acme" --party acme'))
  token
    .command('issue')
    .summary('make a token')
    .description('Makes a token. Its secret is shown this once.')
    .requiredOption('--label <text>', 'who or what it is for')
    .option('--party <party>', 'the hosted party whose part of the vault it opens')
    .option('--admin', 'it may manage tokens, publish findings and make backups')
    .option('--out <file>', 'write the secret to a file that only you can read')
    .addHelpText('after', example('comity token issue --label "Acme" --party acme --out acme.token'))
    .action(run(issue))
  token
    .command('list')
    .summary('list the tokens, without their secrets')
    .description('Lists the tokens of a node, without their secrets.')
    .addHelpText('after', example('comity token list'))
    .action(run(list))
  token
    .command('revoke <id>')
    .summary('revoke a token for good')
    .description('Revokes a token: from now on the node refuses it.')
    .addHelpText('after', example('comity token revoke 3f2a9c1d0b8e7f66'))
    .action(run(revoke))
}

async function issue(session: Session, { label, party, admin, out }: IssueOptions): Promise<Result> {
  const client = await session.client('keeper')
  const urn = party === undefined ? null : session.partyUrn(party)
  const issued = await client.issueToken({ label, party: urn, admin: admin === true })
  const { secret, ...rest } = issued
  if (out === undefined) {
    return {
      text: [
        `Issued: ${plain(label)}`,
        fields([
          ['id', issued.id],
          ['secret', secret],
        ]),
        '',
        wrap('The secret is shown this once.'),
      ].join('\n'),
      json: issued,
    }
  }
  const path = session.path(out)
  createPrivateFile(path, `${secret}\n`)
  return {
    text: [
      `Issued: ${plain(label)}`,
      fields([
        ['id', issued.id],
        ['secret in', path],
      ]),
    ].join('\n'),
    json: { ...rest, file: path },
  }
}

async function list(session: Session): Promise<Result> {
  const { tokens } = await (await session.client('keeper')).tokens()
  const rows = tokens.map(({ id, party, admin, issuedAt, revokedAt }) => [
    id,
    admin ? 'administer, file' : 'file',
    party === null ? '' : `${party.slice(-64).slice(0, 8)}…`,
    dateText(issuedAt).slice(0, 10),
    revokedAt === undefined ? '' : `revoked ${dateText(revokedAt).slice(0, 10)}`,
  ])
  // A label is as long as somebody made it, so it has lines of its own.
  const [head = '', ...lines] = table(['id', 'may', 'vault of', 'since', ''], rows, 'no token').split('\n')
  const text = lines.flatMap((line, i) => [line, wrap(plain(tokens[i]?.label ?? ''), { indent: '    ' })])
  return { text: [head, ...text].join('\n'), json: tokens }
}

async function revoke(session: Session, _options: object, id: string): Promise<Result> {
  await (await session.client('keeper')).revokeToken(id)
  return { text: `Revoked: ${id}`, json: { revoked: id } }
}
