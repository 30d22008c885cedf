/** The node that a party moves to: who it is, and whether it would take the party. Asked before anything is filed. */
import { type Client, createClient, type PolicyResponse } from '@comity/contract'
import { CliError } from '../cli-error.ts'
import type { Profile } from '../home/profile.ts'
import { short } from '../names.ts'
import { Session } from '../session.ts'
import type { Chain } from './party-move-chain.ts'

/** The new home as it answers. */
export interface Target {
  readonly origin: string
  /** Where the party's home will find it again. */
  readonly place: { readonly node?: string; readonly data?: string }
  /** Where it answers now. */
  readonly address: string
  readonly client: Client
  readonly token: string | undefined
  close(): Promise<void>
}

/** By address, or by a party of this home: then the new home is where that one's node is. */
export async function openTarget(session: Session, to: string, tokenFile: string | undefined): Promise<Target> {
  const known = session.home.profiles().find(({ alias, urn }) => alias === to || urn === to)
  const { passphraseFile, home } = session.options
  const { COMITY_TOKEN: _token, COMITY_NODE: _node, COMITY_DATA: _data, ...env } = session.context.env
  const base = {
    ...(home === undefined ? {} : { home }),
    ...(passphraseFile === undefined ? {} : { passphraseFile }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  }
  if (known === undefined && !/^https?:/.test(to)) {
    throw new CliError(
      'usage',
      `--to "${to}" is no address of a node, such as https://log.example.org, and no party of this home`,
    )
  }
  const there = new Session(
    { ...session.context, env },
    known === undefined ? { ...base, node: to } : { ...base, as: known.alias },
  )
  // A token is given, or it is that of the party whose node it is: never the one for the log that is left.
  const token = known === undefined && tokenFile === undefined ? undefined : there.token('party')
  const { origin } = await (await there.client()).status()
  const { address } = there
  const client = createClient({ baseUrl: address, token })
  const place = known === undefined ? { node: address } : placeOf(known, address)
  return { origin, place, address, client, token, close: () => there.close() }
}

function placeOf({ node, data }: Pick<Profile, 'node' | 'data'>, address: string): Target['place'] {
  return node === undefined && data !== undefined ? { data } : { node: node ?? address }
}

/** What the party would meet at its new home. */
export interface Terms {
  /** Kinds that the log it leaves admits and the new one does not. */
  readonly kindsLost: readonly string[]
}

/**
 * Throws CliError `refused` for what would leave the party between two homes: the node takes nothing now, wants a token
 * that is not there, does not admit the party or the kinds that a move takes, or does not follow the logs it comes from.
 */
export async function checkTaken(
  { client, origin, token, address }: Target,
  {
    urn,
    chain,
    admitted,
    unfollowed,
  }: {
    readonly urn: string
    readonly chain: Chain
    /** What the log that is left admits; undefined where it does not answer. */
    readonly admitted: readonly string[] | undefined
    readonly unfollowed: boolean
  },
): Promise<Terms> {
  const { accepting } = await client.status()
  if (!accepting) throw no(`${address} takes no statements at the moment: try again when it does`)
  const { policy } = await client.policy()
  const isApproved = chain.copies.some(({ party }) => party === undefined)
  const needed = ['party', 'continuation', ...(isApproved ? ['approval'] : [])]
  checkPolicy(policy, { urn, token, address, needed })
  const missing = unfollowed ? [] : await notFollowed(createClient({ baseUrl: address }), origin, chain.homes)
  if (missing.length > 0) {
    throw no(
      `${address} does not follow ${missing.map(short).join(', ')}, so that what the party stated there would not count there. Its keeper adds that node with "comity peer add"; to go all the same: --unfollowed`,
    )
  }
  return { kindsLost: (admitted ?? []).filter((kind) => !policy.kinds.includes(kind)) }
}

function checkPolicy(
  { filing, kinds, admits }: PolicyResponse['policy'],
  {
    urn,
    token,
    address,
    needed,
  }: {
    readonly urn: string
    readonly token: string | undefined
    readonly address: string
    readonly needed: readonly string[]
  },
): void {
  if (filing === 'token' && token === undefined) {
    throw no(
      `${address} takes statements with a token: its keeper makes one with "comity token issue", and --to-token-file gives it`,
      'not-authorised',
    )
  }
  const refused = needed.filter((kind) => !kinds.includes(kind))
  if (refused.length > 0) throw no(`${address} does not admit the kind ${refused.join(', ')}`, 'kind-not-admitted')
  const { parties } = admits
  if (filing !== 'open' && parties !== 'any' && !parties.includes(urn)) {
    throw no(`the policy of ${address} does not list ${urn}: ask its keeper`, 'party-not-admitted')
  }
}

/** The logs among these that the node neither is nor follows. */
async function notFollowed(client: Client, own: string, homes: readonly string[]): Promise<readonly string[]> {
  const { peers } = await client.peers()
  const followed = new Set(
    peers.flatMap(({ origin, role, state }) => (role.startsWith('mirror') && state !== 'quarantined' ? [origin] : [])),
  )
  return homes.filter((origin) => origin !== own && !followed.has(origin))
}

function no(message: string, inner?: string): CliError {
  return new CliError('refused', message, { inner })
}
