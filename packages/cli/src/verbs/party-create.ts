/** `comity party create`: a party of one's own at somebody's node. */
import { type Client, ClientError, createClient } from '@comity/contract'
import { partyHex } from '@comity/statement'
import type { Result } from '../context.ts'
import { submitChecked } from '../filing.ts'
import { enterParty, keepKeys, type NewParty, newParty } from '../founding.ts'
import { newPassphrase } from '../keys/new-passphrase.ts'
import { approverEntries, recoveryScheme } from '../keys/party-keys.ts'
import { newSealKey, type NewSealKey } from '../keys/seal-key.ts'
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
  // Only who may issue tokens can host a party, and only where it is hosted are messages to it opened.
  const seal = (await mayHost(client, session)) ? newSealKey() : undefined
  const party = newParty({
    ...(seal === undefined ? {} : { seal: seal.entry }),
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
  let issued: string | undefined
  try {
    const hosted = seal === undefined ? undefined : await hostedToken(client, { alias, urn: party.urn })
    issued = hosted?.id
    if (seal !== undefined && hosted !== undefined) await giveSealKey(session, hosted.secret, seal)
    const filed = await submitChecked(session, client, party.founding, { home: origin })
    enterParty(party, place, whereItIs(session))
    const token = hosted?.secret ?? session.token('keeper')
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
    if (issued !== undefined) await client.revokeToken(issued).catch(() => undefined)
    throw error
  }
}

/** Whether the token at hand may issue others. */
async function mayHost(client: Client, session: Session): Promise<boolean> {
  if (session.token('keeper') === undefined) return false
  try {
    await client.tokens()
    return true
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not-permitted' || error.code === 'not-authorised'))
      return false
    throw error
  }
}

/** The node opens messages before anybody can seal them. */
async function giveSealKey(session: Session, token: string, seal: NewSealKey): Promise<void> {
  await createClient({ baseUrl: session.address, token }).inbox.addSealKey(seal.jwk)
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

/** A token of the party's own. */
async function hostedToken(
  client: Client,
  { alias, urn }: { readonly alias: string; readonly urn: string },
): Promise<{ readonly id: string; readonly secret: string }> {
  return client.issueToken({ label: `${alias}, made by comity party create`, party: urn, admin: false })
}
