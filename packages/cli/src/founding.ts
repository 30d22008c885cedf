/** Making parties and nodes: keys to files, first statements signed. Used by `init`, `party create` and the sample. */
import { coreKinds, partyUrn, type PartyPayload, type PolicyPayload } from '@comity/statement'
import { canonicalJsonBytes } from '@comity/statement'
import { withContactKeys } from './contacts/contact-key.ts'
import { crypto } from './crypto-port.ts'
import { signed } from './filing.ts'
import type { DataFolder } from './home/data-folder.ts'
import type { Home } from './home/profile.ts'
import type { GivenKeys } from './keys/given-keys.ts'
import { sealKeys } from './keys/key-file.ts'
import { defaultOrigin, newNodeKeys, type NewNodeKeys } from './keys/node-keys.ts'
import {
  keyMembers,
  type NewPartyKeys,
  newPartyKeys,
  type RecoveryScheme,
  writeHumanKeys,
  writeRecoveryFiles,
} from './keys/party-keys.ts'
import { publicEntry, signerOf } from './keys/role-key.ts'
import { nameOf } from './names.ts'

/** Keys and first statement of a party that nobody has registered yet. */
export interface NewParty {
  readonly urn: string
  readonly payload: PartyPayload
  readonly founding: Uint8Array
  readonly keys: NewPartyKeys
}

export interface NewPartyRequest {
  readonly members: Pick<PartyPayload, 'names' | 'type'> & Partial<PartyPayload>
  /** Origin of its home log. */
  readonly home: string
  readonly approvers: number
  /** Approvers whose private keys are their own. */
  readonly otherApprovers?: PartyPayload['keys']
  readonly recovery: RecoveryScheme
  /** Whole seconds since the epoch. */
  readonly at: number
  /** What its node signs with, where it keeps one. */
  readonly node?: NewNodeKeys
  /** What messages to it are sealed to, where its node has the private part. */
  readonly seal?: PartyPayload['keys'][number]
  /** Keys to use in place of new ones. */
  readonly given?: GivenKeys | undefined
}

/** Makes a party: fresh keys, the first statement, and with it the name. */
export function newParty(request: NewPartyRequest): NewParty {
  const { members, home, approvers, otherApprovers = [], recovery, at, node, seal, given } = request
  const keys = newPartyKeys(approvers, recovery, given)
  const entries = keyMembers(keys, recovery, [
    ...otherApprovers,
    ...(node?.keys.map(publicEntry) ?? []),
    ...(seal === undefined ? [] : [seal]),
  ])
  const { contacts } = members
  const payload: PartyPayload = {
    ...members,
    ...(contacts === undefined ? {} : { contacts: withContactKeys(contacts, entries.keys) }),
    home,
    ...entries,
  }
  const bytes = canonicalJsonBytes(payload)
  const urn = partyUrn(bytes, crypto)
  const founding = signed(
    { kind: 'party', sub: urn, payload: bytes },
    { iss: urn, signer: signerOf(keys.current.sign), iat: at },
  )
  return { urn, payload, founding, keys }
}

/** A node that has not been founded yet: its keeper, its keys, the first two statements of its log. */
export interface NewNode {
  readonly origin: string
  readonly keeper: NewParty
  readonly keys: NewNodeKeys
  readonly policy: Uint8Array
}

export interface NewNodeRequest extends Omit<NewPartyRequest, 'home' | 'node'> {
  /** Its own name, else one made of the hash of its log key. */
  readonly origin?: string | undefined
  readonly filing: PolicyPayload['filing']
}

export function newNode({ origin: given, filing, ...request }: NewNodeRequest): NewNode {
  const keys = newNodeKeys(request.given)
  const origin = given ?? defaultOrigin(keys.keys)
  const keeper = newParty({ ...request, home: origin, node: keys })
  const policy = signed(
    { kind: 'policy', sub: origin, payload: policyPayload(filing) },
    { iss: keeper.urn, signer: signerOf(keeper.keys.current.sign), iat: request.at },
  )
  return { origin, keeper, keys, policy }
}

/** Every kind that is logged, foreign statements too, from any party that may file. */
function policyPayload(filing: PolicyPayload['filing']): PolicyPayload {
  return {
    filing,
    kinds: [...coreKinds.filter(({ logged }) => logged).map(({ name }) => name), 'hash-envelope'],
    limits: { statementBytes: 65_535, documentBytes: 268_435_456, clockSkewSeconds: 300 },
    admits: { parties: 'any' },
  }
}

export interface KeepingPlace {
  readonly home: Home
  readonly alias: string
  /** Undefined leaves the keys unencrypted. */
  readonly passphrase: string | undefined
}

/** Where the files of a new party went. */
export interface KeptParty {
  readonly keys: readonly string[]
  readonly recovery: readonly string[]
}

/** Writes a party's keys. The party itself enters the home once its first statement is registered. */
export async function keepKeys({ urn, keys }: NewParty, { home, alias, passphrase }: KeepingPlace): Promise<KeptParty> {
  const owner = { alias, party: urn, passphrase }
  return {
    recovery: await writeRecoveryFiles(home, owner, keys),
    keys: await writeHumanKeys(home, owner, keys.current),
  }
}

/** Enters a registered party into the home. */
export function enterParty(
  party: NewParty,
  { home, alias }: KeepingPlace,
  at: { readonly node?: string; readonly data?: string },
): void {
  const { names, type, home: origin } = party.payload
  home.create({ alias, urn: party.urn, name: nameOf(names), type, home: origin, ...at }, party.founding)
}

/** Writes what a node signs with into its data folder. */
export async function keepNodeKeys(node: NewNode, data: DataFolder, passphrase: string | undefined): Promise<void> {
  const { keys, keeper, origin } = node
  data.write(
    { origin, keeper: keeper.urn },
    await sealKeys({ party: keeper.urn, keys: keys.keys, symmetric: { master: keys.master } }, passphrase),
  )
}
