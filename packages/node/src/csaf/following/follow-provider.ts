/**
 * One run over a CSAF provider: metadata, keys, lists, then each document that is new or was refused. Whatever is durable
 * when it is killed stays, and the next run fetches what is missing.
 */
import { sha256Hex } from '@comity/crypto'
import type { Asker } from '../../sources/ask.ts'
import { isDue, lookAgainAfter, recordGone, type Run, type RunResult, severalAtOnce, Tally } from '../../sources/run.ts'
import { type AboutProvider, type ListState, noCounts } from '../../sources/source-record.ts'
import type { SourceFault } from '../../sources/source.ts'
import type { Copy, ExaminedCopy } from '../examine-copy.ts'
import type { SigningKey } from '../key-book.ts'
import { discover, type Discovered } from './discover.ts'
import { faultFor } from './json-members.ts'
import { providerKeys } from './provider-keys.ts'
import { type ListedDocument, type ReadList, readChanges, readIndex, readRolie } from './read-lists.ts'
import { takeDocument } from './take-document.ts'

/** What of a document is checked changes with these. */
const rulesVersion = 'csaf 2.0, csaf-validator-lib 2.0.10, copy 1'

/** Documents that are fetched at a time; each has its hash and its signature beside it. */
const atOnce = 6

/** A server that fails so often in a row is left alone until the next run. */
const failuresAtMost = 24

/** Octets of a list: Red Hat's ROLIE feed has 30 million. */
const largestList = 256 * 1024 * 1024

export interface FollowParts {
  /** The key of this node, for documents without a signature. */
  readonly signingKey: () => Promise<SigningKey>
  readonly examine: (copy: Copy) => Promise<ExaminedCopy>
}

/** Follows a provider once. Never throws for what the provider does; throws what this node cannot do, and the signal's reason. */
export async function followProvider(run: Run, parts: FollowParts): Promise<RunResult> {
  const { source, log, items, asker } = run
  const found = await discover(asker, source.address)
  if (!('url' in found)) return failed(found, asker.received)
  const known = items.about(log.stream)
  const at = run.now()
  const keys = await providerKeys(asker, found.metadata, { pinned: source.keys, known, at })
  const about = aboutOf(found, keys.keys, [...found.metadata.problems, ...keys.problems], at)
  if (!isSameAbout(about, known)) await log.append([about])
  const rules = rulesOf(about, source.keys)
  if (keys.isPartial) return failed(keys.problems, asker.received)

  const whole = items.lastWhole(log.stream)
  const isAllToBeSeen = whole === undefined || items.hasDue(log.stream, rules, at - lookAgainAfter)
  const validators = isAllToBeSeen ? {} : whole.lists
  const lists = await readLists(asker, found, validators)
  if (lists.every(({ kind }) => kind === 'unchanged')) {
    const counts = { ...noCounts, items: whole?.counts.items ?? 0, received: asker.received }
    return { outcome: 'unchanged', faults: about.problems, counts, lists: whole?.lists ?? {} }
  }
  const tally = new Tally()
  tally.add(...about.problems)
  await takeLists(run, parts, { lists, about, rules, tally })
  const isWhole = lists.every(({ kind }) => kind !== 'failed') && !tally.isPartial
  const states = lists.flatMap((each): readonly (readonly [string, ListState])[] => {
    if (each.kind === 'read') return [[each.url, each.state]]
    const before = whole?.lists[each.url]
    return each.kind === 'unchanged' && before !== undefined ? [[each.url, before]] : []
  })
  const outcome = isWhole ? 'done' : lists.some(({ kind }) => kind !== 'failed') ? 'partly' : 'failed'
  return { outcome, faults: tally.faults, counts: tally.counts(asker.received), lists: Object.fromEntries(states) }
}

type List =
  | { readonly kind: 'read'; readonly url: string; readonly read: ReadList; readonly state: ListState }
  | { readonly kind: 'unchanged'; readonly url: string }
  | { readonly kind: 'failed'; readonly url: string; readonly fault: SourceFault }

/** ROLIE feeds; where there are none, the lists of directories, with release dates before those without. */
async function readLists(
  asker: Asker,
  { metadata }: Discovered,
  known: Readonly<Record<string, ListState>>,
): Promise<readonly List[]> {
  const lists: List[] = []
  for (const url of new Set(metadata.feeds)) lists.push(await readList(asker, url, url, readRolie, known))
  if (lists.length > 0) return lists
  for (const directory of new Set(metadata.directories)) {
    const changes = await readList(asker, `${directory}changes.csv`, directory, readChanges, known)
    const index = async () => readList(asker, `${directory}index.txt`, directory, readIndex, known)
    lists.push(changes.kind === 'failed' && changes.isAbsent ? await index() : changes)
  }
  return lists
}

async function readList(
  asker: Asker,
  url: string,
  base: string,
  read: (bytes: Uint8Array, base: string) => ReadList | SourceFault,
  known: Readonly<Record<string, ListState>>,
): Promise<List & { readonly isAbsent?: boolean }> {
  const answer = await asker.ask(url, { maxBytes: largestList, known: known[url] })
  if (answer.kind === 'unchanged') return { kind: 'unchanged', url }
  if (answer.kind !== 'got') return { kind: 'failed', url, fault: answer.fault, isAbsent: answer.kind === 'absent' }
  const found = read(answer.bytes, base)
  return 'test' in found
    ? { kind: 'failed', url, fault: found }
    : { kind: 'read', url, read: found, state: answer.state }
}

async function takeLists(
  run: Run,
  { signingKey, examine }: FollowParts,
  { lists, about, rules, tally }: { lists: readonly List[]; about: AboutProvider; rules: string; tally: Tally },
): Promise<void> {
  const { log, items } = run
  const listed = new Map<string, { readonly document: ListedDocument; readonly list: string }>()
  for (const list of lists) {
    if (list.kind === 'failed') tally.add(list.fault)
    if (list.kind !== 'read') continue
    tally.add(...list.read.problems)
    for (const document of list.read.documents)
      if (!listed.has(document.url)) listed.set(document.url, { document, list: list.url })
  }
  tally.items = listed.size
  const due = [...listed.values()].filter(({ document: { url, released } }) =>
    isDue(items.find(log.stream, url), released, rules, run.now()),
  )
  const key = due.length > 0 ? await signingKey() : undefined
  let done = listed.size - due.length
  let failedInARow = 0
  await severalAtOnce(due, atOnce, async ({ document, list }) => {
    run.signal.throwIfAborted()
    if (key === undefined) return
    const keys = about.keys.map(({ publicKey }) => publicKey)
    const trusted = about.role === 'csaf_trusted_provider' || run.source.keys.length > 0
    if (failedInARow >= failuresAtMost) return
    const taken = await takeDocument({ run, list, rules, keys, trusted, signingKey: key, examine }, document)
    if (taken.outcome === 'taken') tally.taken += 1
    if (taken.outcome === 'refused') tally.refused += 1
    failedInARow = taken.outcome === 'missing' ? failedInARow + 1 : 0
    if (taken.outcome === 'missing') {
      tally.isPartial = true
      tally.add(taken.fault)
    }
    run.onProgress((done += 1), listed.size)
  })
  const current = new Set(lists.map(({ url }) => url))
  const read = new Set(lists.flatMap((each) => (each.kind === 'read' ? [each.url] : [])))
  const isRead = (list: string): boolean => read.has(list) || !current.has(list)
  tally.gone = await recordGone(run, { listed: new Set(listed.keys()), isRead })
}

function aboutOf(
  { url, foundBy, metadata }: Discovered,
  keys: AboutProvider['keys'],
  problems: readonly SourceFault[],
  at: number,
): AboutProvider {
  const { canonicalUrl, role, publisher } = metadata
  return { record: 'about', at, metadata: url, foundBy, canonicalUrl, role, publisher, keys, problems }
}

function isSameAbout(about: AboutProvider, known: AboutProvider | undefined): boolean {
  return known !== undefined && JSON.stringify({ ...about, at: 0 }) === JSON.stringify({ ...known, at: 0 })
}

/** By what a document of this provider is checked; its own keys among it. */
function rulesOf({ role, keys }: AboutProvider, pinned: readonly string[]): string {
  const trust = [role, ...keys.map(({ fingerprint }) => fingerprint).toSorted(), '|', ...pinned].join(' ')
  return `${rulesVersion}, ${sha256Hex(Buffer.from(trust)).slice(0, 16)}`
}

function failed(faults: readonly SourceFault[], received: number): RunResult {
  const said = faults.length > 0 ? faults : [faultFor('metadata', '', 'nothing was found')]
  return { outcome: 'failed', faults: said, counts: { ...noCounts, received }, lists: {} }
}
