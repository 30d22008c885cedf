/**
 * The sample register: built each time, by the path that every statement takes (sign, register, reduce, assess), from
 * real facts and invented parties.
 */
import { ComityNode } from '@comity/node'
import { statementUrn } from '@comity/statement'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { signed } from '../filing.ts'
import { enterParty, keepKeys, keepNodeKeys, type NewParty, newNode, newParty } from '../founding.ts'
import { DataFolder } from '../home/data-folder.ts'
import { Home } from '../home/profile.ts'
import { nodeKeysOf } from '../keys/node-keys.ts'
import { type RoleKey, signerOf } from '../keys/role-key.ts'
import { openVault } from '../reach/open-vault.ts'
import type { NodeAtHand } from '../reach/serve-node.ts'
import { cast, type Role } from './cast.ts'
import { readSampleFiles } from './files.ts'
import { type Stage, story, storyLength } from './story.ts'

export interface Sample {
  readonly atHand: NodeAtHand
  readonly statements: number
  /** A home with the keys and tokens of everybody in the sample, to try the command with. */
  readonly home: string
}

const recovery = { threshold: 1, keys: 1 }

/** Builds the sample in an empty folder. `onStep` hears of each step before it is played, and of the end. */
export async function buildSample(
  folder: string,
  context: Context,
  onStep: (done: number, total: number, what: string) => void,
): Promise<Sample> {
  const files = await readSampleFiles()
  const foundedAt = context.now() - storyLength
  const steps = story(files, foundedAt)
  onStep(0, steps.length, 'A node is founded')

  // The story's clock; once it has been told the machine's own goes on.
  let storyTime: number | undefined = foundedAt
  const now = (): number => storyTime ?? context.now()
  const data = new DataFolder(join(folder, 'data'))
  const home = new Home(join(folder, 'home'))
  const founded = newNode({ members: cast.keeper, approvers: 0, recovery, at: foundedAt, filing: 'token' })
  const place = (alias: string) => ({ home, alias, passphrase: undefined })
  await keepKeys(founded.keeper, place('keeper'))
  await keepNodeKeys(founded, data, undefined)
  enterParty(founded.keeper, place('keeper'), { data: data.path })
  const node = await ComityNode.found({
    directory: data.path,
    ...nodeKeysOf(
      { party: founded.keeper.urn, keys: founded.keys.keys, symmetric: { master: founded.keys.master } },
      founded.origin,
    ),
    now,
    party: founded.keeper.founding,
    policy: founded.policy,
  })
  const vault = await openVault(node, data.path)
  const parties = new Map<Role, NewParty>([['keeper', founded.keeper]])
  const party = (role: Role): NewParty => {
    const found = parties.get(role)
    if (found === undefined) throw new Error(`the sample uses ${role} before founding it`)
    return found
  }
  const sign = (role: Role, key: RoleKey, draft: { kind: string; sub: string; payload: object }): Uint8Array =>
    signed(draft, { iss: party(role).urn, signer: signerOf(key), iat: now() })

  const stage: Stage = {
    advisories: new Map(),
    urn: (role) => party(role).urn,
    async found(role) {
      const made = newParty({
        members: cast[role],
        home: founded.origin,
        approvers: role === 'ministry' ? 1 : 0,
        recovery,
        at: now(),
      })
      parties.set(role, made)
      await node.submit(made.founding)
      await keepKeys(made, place(role))
      enterParty(made, place(role), { data: data.path })
      const { secret } = await vault.issueToken({ party: made.urn, admin: false, label: `${role} of the sample` })
      home.setToken(role, secret)
    },
    async file(role, kind, sub, payload, documents = []) {
      for (const { digest, bytes } of documents) await node.documents.put(digest, bytes)
      const { id } = await node.submit(sign(role, party(role).keys.current.sign, { kind, sub, payload }))
      return id
    },
    async approve(role, id) {
      const [approver] = party(role).keys.current.approvers
      if (approver === undefined) throw new Error(`${role} has no second pair of eyes`)
      await node.submit(sign(role, approver, { kind: 'approval', sub: statementUrn(id), payload: {} }))
    },
    async keepInventory(role, name, sbom) {
      await vault.addInventory(party(role).urn, name, sbom)
    },
    async publishFindings() {
      await node.publishFindings()
    },
  }

  for (const [i, { after, what, play }] of steps.entries()) {
    onStep(i, steps.length, what)
    storyTime = foundedAt + after
    await play(stage)
    vault.wake()
  }
  storyTime = undefined
  const { secret } = await vault.issueToken({ party: founded.keeper.urn, admin: true, label: 'keeper of the sample' })
  home.setToken('keeper', secret)
  await vault.settled()
  onStep(steps.length, steps.length, '')
  return { atHand: { node, vault, data }, statements: node.head.size, home: home.path }
}
