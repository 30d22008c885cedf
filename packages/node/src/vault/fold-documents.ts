/** What a document that came, changed or went makes of the matches of every partition. */
import type { Blobs } from '@comity/store'
import type { Database } from '../register/database.ts'
import { AnswerTable } from './answer-table.ts'
import { ComponentTable, type KeptComponent } from './component-table.ts'
import { DocumentTable, removedCode } from './document-table.ts'
import { Exploitation } from './exploitation.ts'
import { matchableOf } from './held-component.ts'
import { type Change, KnownTable } from './known-table.ts'
import type { Occasion } from './match-record.ts'
import type { Pace } from './pace.ts'
import type { Partition, PartitionBook } from './partition.ts'
import { type ReadDocument, readDocument, saidBySource, saidByStatement, unread } from './read-document.ts'
import type { RegisteredAdvisory, RegisteredAnswer } from './register-word.ts'
import { renameMatch } from './settle-match.ts'
import { Settler } from './settler.ts'
import { keysOfComponent } from '@comity/exposure'
import { parseAdvisoryUrn } from '@comity/statement'

export interface DocumentPlace {
  readonly database: Database
  readonly partitions: PartitionBook
  readonly pace: Pace
  readonly tick: number
}

/**
 * Takes an advisory's document in, in place of the one it had, and matches it. What its publisher said later, here or in
 * another log, stays. `blobs`: where the document is; undefined where it is read without.
 */
export async function foldAdvisory(
  advisory: RegisteredAdvisory,
  blobs: Blobs | undefined,
  place: DocumentPlace,
): Promise<void> {
  const documents = new DocumentTable(place.database)
  if (!documents.isLater(advisory)) return
  const { payload, sub, at } = advisory
  const said = { author: parseAdvisoryUrn(sub)?.party ?? sub, at: new Date(at * 1000).toISOString() }
  const read = saidByStatement(await readDocument(payload.document, blobs), payload, said)
  await take(documents.putPublished(advisory, read), read, { cause: 'advisory', at, tick: place.tick }, place)
}

/** The same for a document that is followed without a statement. */
export async function foldFollowed(
  followed: { readonly origin: string; readonly name: string; readonly digest: string; readonly at: number },
  blobs: Blobs,
  place: DocumentPlace,
): Promise<void> {
  const { origin, name, digest, at } = followed
  const read = saidBySource(await readDocument(digest, blobs), origin)
  const number = new DocumentTable(place.database).putFollowed(origin, name, { digest, at, read })
  await take(number, read, { cause: 'advisory', at, tick: place.tick }, place)
}

/** A source has a document no more. */
export async function foldRemoved(
  { origin, name, at }: { readonly origin: string; readonly name: string; readonly at: number },
  place: DocumentPlace,
): Promise<void> {
  const documents = new DocumentTable(place.database)
  if (!documents.followed(origin).has(name)) return
  const read = unread(removedCode)
  await take(
    documents.putFollowed(origin, name, { digest: '', at, read }),
    read,
    { cause: 'advisory', at, tick: place.tick },
    place,
  )
}

/** Takes a party's answer up, and what it makes of the matches that rest on the advisory. */
export async function foldAnswer(answer: RegisteredAnswer, place: DocumentPlace): Promise<void> {
  const { database, partitions, pace, tick } = place
  if (!new AnswerTable(database).put(answer, tick)) return
  const partition = partitions.of(answer.party)
  if (partition === undefined) return
  const settler = new Settler(database)
  const components = new ComponentTable(database, () => pace.rest())
  for (const { inventory, record } of settler.table.citing(partition, answer.sub)) {
    if (record.standing.why.reason === 'not-present') continue
    const { component, vulnerability } = record
    const keys = keysOfComponent(matchableOf(component))
    const around = components.around(partition, inventory)
    const settled = { partition, inventory, component, keys, around }
    await settler.settle(settled, vulnerability.id, { cause: 'answer', at: answer.at, tick })
    if (pace.spend(10)) await pace.rest()
  }
}

async function take(advisory: number, read: ReadDocument, occasion: Occasion, place: DocumentPlace): Promise<void> {
  const known = new KnownTable(place.database)
  const change = await known.replace(advisory, read.known, place.pace)
  await settleChange(change, occasion, place)
  const isCatalogue = read.exploited.length > 0
  const marked = new Exploitation(place.database).replace(advisory, isCatalogue ? read.exploited : [])
  for (const cve of marked) {
    await settleChange({ ...known.namedBy(cve), heirs: new Map() }, occasion, place)
    if (place.pace.spend()) await place.pace.rest()
  }
}

/** Looks again at every component that a change may concern, in every partition. */
async function settleChange(change: Change, occasion: Occasion, place: DocumentPlace): Promise<void> {
  if (change.vulnerabilities.size === 0) return
  const settler = new Settler(place.database)
  for (const partition of place.partitions.all()) {
    await settlePartition({ ...place, change, occasion, settler, partition })
  }
}

interface PartitionPlace extends DocumentPlace {
  readonly change: Change
  readonly occasion: Occasion
  readonly settler: Settler
  readonly partition: Partition
}

async function settlePartition(place: PartitionPlace): Promise<void> {
  const { database, pace, change, occasion, settler, partition } = place
  const components = new ComponentTable(database, () => pace.rest())
  const seen = new Set<string>()
  for (const key of change.keys) {
    if (pace.spend(2)) await pace.rest()
    for (const kept of components.withKey(partition, key)) {
      const at = `${kept.inventory} ${kept.n}`
      if (seen.has(at)) continue
      seen.add(at)
      rename(kept, place)
      const around = components.around(partition, kept.inventory)
      for (const vulnerability of change.vulnerabilities) {
        await settler.settle({ ...kept, partition, around }, vulnerability, occasion)
        if (pace.spend(6)) await pace.rest()
      }
    }
  }
}

/** Matches of the component under names that vulnerabilities no longer have become those under their new ones. */
function rename({ inventory, component }: KeptComponent, place: PartitionPlace): void {
  const { change, occasion, settler, partition } = place
  for (const [vulnerability, names] of change.heirs) {
    if (names.length === 0) continue
    const former = settler.table.find(partition, { inventory, component, vulnerability })
    if (former === undefined) continue
    const heirs = names.map((name) => ({ inventory, component, vulnerability: name }))
    renameMatch(settler.table, partition, { former, heirs, tick: occasion.tick })
  }
}
