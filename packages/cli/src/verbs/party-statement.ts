/** A later statement of a party about itself: built on the one before, approved by others, filed. */
import { type Client, ClientError, type PartyResponse } from '@comity/contract'
import { decodeStatement, type PartyPayload, statementUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { withChangedKeys } from '../contacts/contact-key.ts'
import { crypto } from '../crypto-port.ts'
import { type CheckedFiling, filedResult, signed, submitChecked } from '../filing.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { type RoleKey, signerOf } from '../keys/role-key.ts'
import { writeFile } from '../output-file.ts'
import type { Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'

/** A party's latest statement, to build the next one on. */
export interface Standing {
  readonly client: Client
  readonly party: PartyResponse
  readonly payload: PartyPayload
}

export async function standing(session: Session): Promise<Standing> {
  const client = await session.client('party')
  const party = await client.party(session.profile.urn)
  const { payload } = await client.statement(party.statement)
  // The log took it as a party statement, so it has that kind's schema.
  return { client, party, payload: payload as PartyPayload }
}

/** The payload of the next statement: what is said stays said, apart from what belongs to one statement and what changes. */
export function following(
  { party, payload }: Pick<Standing, 'party' | 'payload'>,
  change: Partial<PartyPayload> = {},
): PartyPayload {
  const { compromise: _, documents: __, ...rest } = payload
  return withChangedKeys({ ...rest, previous: party.statement }, change)
}

/** Signs a party statement of the session's party. */
export function signedParty(session: Session, payload: PartyPayload, key: RoleKey): Uint8Array {
  const { urn } = session.profile
  return signed({ kind: 'party', sub: urn, payload }, { iss: urn, signer: signerOf(key), iat: session.context.now() })
}

/** Files a party statement. Approvals of it must stand in the log before it. */
export async function filePartyStatement(
  session: Session,
  client: Client,
  statement: Uint8Array,
  approvers: readonly RoleKey[] = [],
): Promise<CheckedFiling> {
  const { urn, home } = session.profile
  const sub = statementUrn(decodeStatement(statement, crypto).id)
  for (const approver of approvers) {
    const by = { iss: urn, signer: signerOf(approver), iat: session.context.now() }
    await submitChecked(session, client, signed({ kind: 'approval', sub, payload: {} }, by), { home })
  }
  return submitChecked(session, client, statement, { home })
}

/** The keys in the approvers' files that are at hand. Throws `missing-key` for a file that holds none. */
export async function approversIn(session: Session, files: readonly string[] = []): Promise<readonly RoleKey[]> {
  const found: RoleKey[] = []
  for (const file of files) {
    const path = session.path(file)
    const { keys } = await openKeyFile(session, path, session.options)
    const approver = keys.find(({ roles }) => roles.includes('approve'))
    if (approver === undefined) throw new CliError('missing-key', `${path} holds no approval key`)
    found.push(approver)
  }
  return found
}

/** Files it, or writes it to a file where the party asked for more keys than are at hand. */
export async function fileOrHandOn(
  session: Session,
  client: Client,
  statement: Uint8Array,
  {
    approvers,
    title,
    out,
    force,
  }: {
    readonly approvers: readonly RoleKey[]
    readonly title: string
    readonly out: string
    readonly force: boolean | undefined
  },
): Promise<Result> {
  try {
    const filed = await filePartyStatement(session, client, statement, approvers)
    return await filedResult(client, filed, title)
  } catch (error) {
    if (!(error instanceof ClientError && error.code === 'threshold-not-met')) throw error
    const file = session.path(out)
    writeFile(file, statement, force)
    const { id } = decodeStatement(statement, crypto)
    return {
      text: [
        wrap(`Signed, and not registered yet: ${title}`),
        fields([
          ['statement', id],
          ['file', file],
          ['because', error.message],
          ['next', `comity approve ${out}    (each further holder of a key)\ncomity submit ${out}`],
        ]),
      ].join('\n'),
      json: { id, file, registered: false, effective: null },
    }
  }
}
