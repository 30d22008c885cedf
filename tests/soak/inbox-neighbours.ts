/** Two nodes that know each other without having asked: their first statements follow from their names and a key file. */
import { sha256 } from '@comity/crypto'
import { ComityNode, type Directory, NodeError } from '@comity/node'
import { decodeStatement, foundParty, readPayloadAs } from '@comity/statement'
import { type Keeper, keeper } from '@comity/testkit'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const crypto = { sha256, verify: () => false }
const foundedAt = 1_795_219_200

/** Where the key with which a party opens messages lies. */
export function sealFileOf(folder: string, label: string): string {
  return join(folder, `${label}.seal.json`)
}

export function sealedKeeper(folder: string, label: string): Keeper {
  const plain = keeper(label)
  const { jwk }: { jwk: { x: string; y: string } } = JSON.parse(readFileSync(sealFileOf(folder, label), 'utf8'))
  const publicJwk = { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y } as const
  return keeper(label, { party: { keys: [...plain.payload.keys, { jwk: publicJwk, roles: ['seal'] }] } })
}

export async function openInboxNode(
  folder: string,
  label: string,
  now: () => number,
): Promise<{ node: ComityNode; directory: string }> {
  const directory = join(folder, label)
  const home = sealedKeeper(folder, label)
  try {
    return { node: await ComityNode.open({ directory, keys: home.keys, now }), directory }
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'not-founded') throw error
    const party = home.founding(foundedAt)
    return {
      node: await ComityNode.found({ directory, keys: home.keys, now, party, policy: home.policy(foundedAt) }),
      directory,
    }
  }
}

/** Who is who among the two of them. */
export function neighbourDirectory(folder: string, own: string, other: string, url: () => string): Directory {
  const homes = new Map([own, other].map((label) => [label, sealedKeeper(folder, label)]))
  const stateOf = (home: Keeper) => {
    const statement = decodeStatement(home.founding(foundedAt), crypto)
    return foundParty(statement, readPayloadAs(statement, 'party'), 0, crypto)
  }
  const byUrn = (urn: string) => [...homes.values()].find((home) => home.urn === urn)
  const author = (home: Keeper) => ({ state: stateOf(home), timeOf: () => foundedAt })
  return {
    find: (party) => {
      const home = byUrn(party)
      return home === undefined ? undefined : author(home)
    },
    route: (party) => {
      const home = byUrn(party)
      if (home === undefined) return undefined
      return { home: home.origin, isHere: home === homes.get(own), url: url(), isPublished: false }
    },
    keeper: (origin) => {
      const home = [...homes.values()].find((each) => each.origin === origin)
      return home === undefined ? undefined : { urn: home.urn, author: author(home) }
    },
    founding: (party) => byUrn(party)?.founding(foundedAt),
  }
}
