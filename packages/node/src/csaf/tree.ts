import { partyHex } from '@comity/statement'
import type { View } from '@comity/store'
import { isWithheld } from '../register/withheld.ts'
import type { Database } from '../register/database.ts'
import { Sight } from '../register/sight.ts'
import type { ProviderRole } from '../sources/source-record.ts'
import type { CsafFault } from './check-csaf.ts'
import type { CsafFacts, CsafPublisher } from './facts.ts'

/** Folders of a tree: documents of TLP:WHITE, and those without a label (requirement 15). */
export const folders = ['white', 'unlabeled'] as const
export type Folder = (typeof folders)[number]

/** The latest revision of an advisory, as it is listed. */
export interface Listed {
  readonly sub: string
  readonly digest: string
  readonly facts: CsafFacts
  readonly folder: Folder
  /** `white/2026/north-1.json`. */
  readonly path: string
  readonly sha512: string
  /** Detached, in ASCII armor. */
  readonly signature: string
  /** When the first and the latest statement of it took effect; whole seconds since the epoch. */
  readonly publishedAt: number
  readonly updatedAt: number
  readonly withdrawn: boolean
}

/** The latest revision of an advisory whose document is CSAF and not listed, and why. */
export interface Unlisted {
  readonly party: string
  readonly sub: string
  readonly digest: string
  readonly effective: number
  readonly at: number
  readonly faults: readonly CsafFault[]
}

/** A provider's documents as they are laid out for clients. */
export interface Tree {
  /** In the identifiers of its feeds. */
  readonly name: string
  /** Of another provider whose documents these are; that of a party here is `csaf_trusted_provider`. */
  readonly role?: ProviderRole
  /** As the document that was released last has it (requirement 7). */
  readonly publisher: CsafPublisher
  /** By the current release date of the document, the latest first (requirement 13). */
  readonly listed: readonly Listed[]
  readonly byPath: ReadonlyMap<string, Listed>
  /** Whole seconds since the epoch. */
  readonly updatedAt: number
}

const latest = `NOT EXISTS (SELECT 1 FROM advisory later WHERE later.sub = advisory.sub AND later.effective > advisory.effective)`

/** Everything that one party of this log has in its tree. */
export interface PartyTree extends Tree {
  readonly party: string
}

/** The tree of a party, and what is not in it. */
export function readTree(
  view: View,
  register: Database,
  party: string,
): { readonly tree: PartyTree | undefined; readonly unlisted: readonly Unlisted[] } {
  const sight = new Sight(register)
  const rows = view
    .prepare(
      `SELECT sub, advisory.digest AS digest, effective, at, withdrawn, kind, faults, facts, sha512, signature,
         (SELECT min(first.at) FROM advisory first JOIN document USING (digest)
          WHERE first.sub = advisory.sub AND kind = 'listed') AS first_at
       FROM advisory JOIN document USING (digest)
       WHERE party = ? AND kind <> 'other' AND ${latest} ORDER BY effective`,
    )
    .all(party)
  const byName = new Map<string, Listed>()
  const unlisted: Unlisted[] = []
  for (const row of rows) {
    const [sub, digest, effective] = [String(row['sub']), String(row['digest']), Number(row['effective'])]
    if (!sight.counts(party, effective) || sight.isReplaced('advisory', { urn: party, sub, effective })) continue
    const refuse = (faults: readonly CsafFault[]) =>
      unlisted.push({ party, sub, digest, effective, at: Number(row['at']), faults })
    if (row['kind'] === 'refused') {
      refuse(JSON.parse(String(row['faults'])))
      continue
    }
    if (isWithheld(register, digest)) {
      refuse([{ test: 'withheld', pointer: '', message: 'the document is withheld under a statement in the log' }])
      continue
    }
    const facts: CsafFacts = JSON.parse(String(row['facts']))
    const other = byName.get(facts.fileName)
    if (other !== undefined) {
      refuse([nameTaken(facts, other)])
      continue
    }
    const folder = facts.label === 'WHITE' ? 'white' : 'unlabeled'
    byName.set(facts.fileName, {
      sub,
      digest,
      facts,
      folder,
      path: `${folder}/${facts.year}/${facts.fileName}`,
      sha512: String(row['sha512']),
      signature: String(row['signature']),
      publishedAt: Number(row['first_at']),
      updatedAt: Number(row['at']),
      withdrawn: row['withdrawn'] === 1,
    })
  }
  const tree = treeOf(partyHex(party).slice(0, 16), [...byName.values()])
  return { tree: tree && { ...tree, party }, unlisted }
}

/** Undefined without a document. Its publisher is that of the document that was released last (requirement 7). */
export function treeOf(name: string, documents: readonly Listed[]): Tree | undefined {
  const listed = documents.toSorted(
    (a, b) => timeOf(b.facts.currentRelease) - timeOf(a.facts.currentRelease) || (a.path < b.path ? -1 : 1),
  )
  const [newest] = listed
  if (newest === undefined) return undefined
  return {
    name,
    publisher: newest.facts.publisher,
    listed,
    byPath: new Map(listed.map((each) => [each.path, each])),
    updatedAt: Math.max(...listed.map((each) => each.updatedAt)),
  }
}

/** The advisory that took effect first keeps the name; a tracking identifier is unique for its publisher (3.2.1.12.4). */
function nameTaken({ trackingId, fileName }: CsafFacts, { sub, facts }: Listed): CsafFault {
  return {
    test: 'name',
    pointer: '/document/tracking/id',
    message: `${fileName} is the file of ${facts.trackingId} already, advisory ${sub}`,
    right: facts.trackingId === trackingId ? 'a revision of that advisory' : 'another identifier',
  }
}

/** Milliseconds; a leap second, which the schema allows, counts as the one before. */
function timeOf(date: string): number {
  const time = Date.parse(date)
  return Number.isNaN(time) ? Date.parse(date.replace(/:60(?=[.Z+-])/i, ':59')) || 0 : time
}
