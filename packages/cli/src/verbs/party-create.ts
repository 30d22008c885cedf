/** `comity party create`: a party of one's own at somebody's node. */
import { type Client, ClientError } from '@comity/contract'
import { partyHex } from '@comity/statement'
import type { Result } from '../context.ts'
import { submitChecked } from '../filing.ts'
import { enterParty, keepKeys, type NewParty, newParty } from '../founding.ts'
import { newPassphrase } from '../keys/new-passphrase.ts'
import { approverEntries, recoveryScheme } from '../keys/party-keys.ts'
import { nameOf, short } from '../names.ts'
import { approverCount, otherApprovers, partyMembers, type PartyOptions } from '../party-draft.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'
import { orUndo } from '../undo-on-signal.ts'
import { recoveryNotice } from './init.ts'

export async function create(session: Session, options: GlobalOptions & PartyOptions, alias: string): Promise<Result> {
  const { home, context } = session
  home.checkNew(alias)
  const client = await session.client('keeper')
  const { origin } = await client.status()
  const party = newParty({
    members: partyMembers(options),
    home: origin,
    approvers: approverCount(options.approvers),
    otherApprovers: otherApprovers(session, options),
    recovery: recoveryScheme(options.recovery),
    at: context.now(),
  })
  const undo = home.undoOf(alias)
  const { place, written } = await orUndo(context, undo, async () => {
    const passphrase = await newPassphrase(context, options, `for the keys of ${alias}`)
    const at = { home, alias, passphrase }
    return { place: at, written: await session.progress.during('Encrypting the keys', keepKeys(party, at)) }
  })
  // A signal changes nothing from here on: the node may have the party already, and its keys are needed then.
  try {
    const filed = await submitChecked(session, client, party.founding, { home: origin })
    enterParty(party, place, whereItIs(session))
    const token = await tokenFor(client, session, { alias, urn: party.urn })
    const tokenFile = token === undefined ? undefined : home.setToken(alias, token)
    return {
      text: [
        `Founded: ${nameOf(party.payload.names)}`,
        fields([
          ['party', party.urn.slice(-64)],
          ['entry', `${filed.index} of log ${short(origin)}`],
          ['keys', written.keys.join('\n')],
          ['token', tokenFile ?? 'none: the node takes statements from anybody'],
        ]),
        '',
        recoveryNotice(written.recovery, place.passphrase),
        ...approverNotice(party, alias, written.keys),
        wrap(`Sign for it with: --as ${alias}`),
      ].join('\n'),
      json: {
        urn: party.urn,
        alias,
        origin,
        id: filed.statement.id,
        index: filed.index,
        tokenFile: tokenFile ?? null,
        ...written,
      },
    }
  } catch (error) {
    undo()
    throw error
  }
}

/** How the others come in. Two keys in one home are one pair of eyes. */
function approverNotice({ urn, payload }: NewParty, alias: string, files: readonly string[]): readonly string[] {
  const [, ...handedOut] = files
  const others = approverEntries(payload.keys).length - handedOut.length
  return [
    ...(others === 0
      ? []
      : [wrap(`Whoever made an approval key joins with: comity party join ${alias} --party\n${partyHex(urn)}`)]),
    ...(handedOut.length === 0
      ? []
      : [
          wrap('Hand each approver one file, with its passphrase, and delete it here:'),
          ...handedOut.map((path) => `  ${path}`),
          wrap(`They join with: comity party join ${alias} --key FILE`),
        ]),
  ]
}

/** Where the home will find the party's node again. */
export function whereItIs(session: Session): { readonly node?: string; readonly data?: string } {
  const given = session.options.node ?? session.context.env['COMITY_NODE']
  if (given !== undefined) return { node: given }
  return session.data.isFounded ? { data: session.data.path } : { node: session.address }
}

/** A token of the party's own from whoever may issue one; else the token it was registered with. */
async function tokenFor(
  client: Client,
  session: Session,
  { alias, urn }: { readonly alias: string; readonly urn: string },
): Promise<string | undefined> {
  const given = session.token('keeper')
  if (given === undefined) return undefined
  try {
    return (await client.issueToken({ label: `${alias}, made by comity party create`, party: urn, admin: false }))
      .secret
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not-permitted' || error.code === 'not-authorised'))
      return given
    throw error
  }
}
