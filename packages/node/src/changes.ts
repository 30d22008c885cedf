import {
  type AssessmentRequest,
  type Cut,
  type Level,
  type PartyFindings,
  assessParty,
  currentRuleset,
  orderedCut,
} from '@comity/assessment'
import { digestText } from '@comity/statement'
import { idText } from './register/by-id.ts'
import type { Database } from './register/database.ts'
import type { CutDocuments } from './register/cut-documents.ts'
import { RegisterFacts } from './register/facts.ts'
import { indexOf, positionOf } from './register/position.ts'
import { Sight } from './register/sight.ts'
import { inSlices } from './slices.ts'

/** The register and the tree of one log, as a node or an audit has them. */
export interface ChangesSource {
  readonly reader: Database
  readonly origin: string
  /** Entries that may be looked at. */
  readonly size: number
  /** The root of the first `size` entries. */
  root(size: number): Uint8Array
  /** The documents that are at hand. */
  readonly documents: CutDocuments
  /** Logs whose words count in the findings too: those that a node mirrors. */
  readonly mirrored?: readonly MirroredLog[]
}

/** A log beside the one whose changes are asked for. */
export interface MirroredLog {
  readonly origin: string
  /** Entries that are folded. */
  readonly size: number
  root(size: number): Uint8Array
}

/** The log as it stood at a date: after the last batch that was closed by then. */
export interface Moment {
  /** The date asked for, whole seconds since the epoch. */
  readonly asked: number
  /** Time of that batch; 0 where the log had not begun. */
  readonly at: number
  readonly size: number
  /** What its findings are computed from: every log as it stood at that date. */
  readonly cut: Cut
}

/** A statement that took effect between the two moments. */
export interface ChangedStatement {
  readonly index: number
  readonly id: string
  readonly kind: string
  readonly party: string
  readonly partyName: string
  readonly at: number
  /** Where it took effect, if its party's approvals came later. */
  readonly effective: number
}

/** A finding that is not what it was. A level is absent for pledges not to do, and where the party was not bound. */
export interface ChangedFinding {
  readonly party: string
  readonly partyName: string
  readonly provision: string
  readonly before?: { readonly level?: Level; readonly flags: readonly string[] }
  readonly after?: { readonly level?: Level; readonly flags: readonly string[] }
}

export interface Changes {
  readonly origin: string
  readonly from: Moment
  readonly to: Moment
  /** How many statements took effect, by kind, time leaves not counted. */
  readonly kinds: Readonly<Record<string, number>>
  /** The newest of them, at most `limit`; `omitted` says how many more there are. */
  readonly statements: readonly ChangedStatement[]
  readonly omitted: number
  /** In order of party and provision; at most `limit` parties. */
  readonly findings: readonly ChangedFinding[]
  readonly partiesOmitted: number
}

/** How many statements and parties are listed where nobody says otherwise. */
const defaultLimit = 500

/**
 * What changed in a log between two dates (whole seconds since the epoch): which statements took effect, and which
 * findings differ when the same ruleset is applied to both prefixes. Rejects with RangeError when `from` is after `to`,
 * and with AssessmentError `document-missing`.
 */
export async function changes(source: ChangesSource, from: number, to: number, limit?: number): Promise<Changes> {
  return changesBetween(source, momentsOf(source, from, to), limit)
}

/** The two moments that are compared: nothing else of the dates decides what changed. */
export interface Moments {
  readonly from: Moment
  readonly to: Moment
}

/** The log as it stood at two dates. Throws RangeError when `from` is after `to`. */
export function momentsOf(source: ChangesSource, from: number, to: number): Moments {
  if (from > to) throw new RangeError(`the first date, ${from}, is after the second, ${to}`)
  return { from: momentAt(source, from), to: momentAt(source, to) }
}

/** {@link changes} between moments that were looked up. Assesses many parties, and gives way to others meanwhile. */
export async function changesBetween(
  source: ChangesSource,
  { from, to }: Moments,
  limit: number = defaultLimit,
): Promise<Changes> {
  const range = { from: from.size, to: to.size }
  const kinds = countKinds(source.reader, range)
  const total = Object.values(kinds).reduce((sum, n) => sum + n, 0)
  const statements = listStatements(source.reader, range, limit)
  const omitted = total - statements.length
  const compared = await compareFindings(source, from, to, limit)
  return { origin: source.origin, from, to, kinds, statements, omitted, ...compared }
}

function momentAt({ reader, origin, size, root, mirrored = [] }: ChangesSource, asked: number): Moment {
  const own = closedBy(reader, { origin, size, root }, asked)
  const others = mirrored.map((log) => closedBy(reader, log, asked))
  const cut = orderedCut([own, ...others].flatMap(({ prefix }) => (prefix.size === 0 ? [] : [prefix])))
  return { asked, at: own.at, size: own.prefix.size, cut }
}

/** A log up to the last batch that was closed by then. */
function closedBy(reader: Database, { origin, size, root }: MirroredLog, asked: number) {
  const log = Number(reader.prepare('SELECT log FROM log WHERE origin = ?').get(origin)?.['log'])
  const row = reader
    .prepare(
      'SELECT position, at FROM batch WHERE log = ? AND at <= ? AND position < ? ORDER BY at DESC, position DESC',
    )
    .get(log, asked, positionOf(log, size))
  const closed = row === undefined ? 0 : indexOf(Number(row['position'])) + 1
  return { at: Number(row?.['at'] ?? 0), prefix: { origin, size: closed, root: digestText(root(closed)) } }
}

interface Range {
  readonly from: number
  readonly to: number
}

/**
 * What took effect in a range, time leaves not counted: by itself where it stands, or late where its last approval does.
 * The late ones are few and have an index, so nothing outside the range is looked at.
 */
const tookEffect = [
  "position >= :from AND position < :to AND effective = position AND kind <> 'time'",
  "effective <> position AND effective >= :from AND effective < :to AND kind <> 'time'",
] as const

function countKinds(reader: Database, range: Range): Readonly<Record<string, number>> {
  const counts = tookEffect.map((condition) => `SELECT kind, count(*) AS n FROM entry WHERE ${condition} GROUP BY kind`)
  const rows = reader
    .prepare(`SELECT kind, sum(n) AS n FROM (${counts.join(' UNION ALL ')}) GROUP BY kind ORDER BY kind`)
    .all({ ...range })
  return Object.fromEntries(rows.map((row) => [String(row['kind']), Number(row['n'])]))
}

function listStatements(reader: Database, range: Range, limit: number): ChangedStatement[] {
  const [prompt, late] = tookEffect.map((condition, i) =>
    reader
      .prepare(
        `SELECT position, id, kind, urn, names, at, effective FROM entry JOIN party USING (party)
         WHERE ${condition} ORDER BY ${i === 0 ? 'position' : 'effective'} DESC LIMIT :limit`,
      )
      .all({ ...range, limit }),
  )
  return [...(prompt ?? []), ...(late ?? [])]
    .map((row) => ({
      index: Number(row['position']),
      id: idText(row['id']),
      kind: String(row['kind']),
      party: String(row['urn']),
      partyName: firstName(row['names']),
      at: Number(row['at']),
      effective: Number(row['effective']),
    }))
    .sort((a, b) => b.effective - a.effective)
    .slice(0, limit)
}

/** Only parties that are bound at either moment are looked at, one at a time. */
async function compareFindings(source: ChangesSource, from: Moment, to: Moment, limit: number) {
  const before = assessorAt(source, from)
  const after = assessorAt(source, to)
  const sight = new Sight(source.reader)
  const findings: ChangedFinding[] = []
  let parties = 0
  let partiesOmitted = 0
  // Whoever is bound at the first moment has said so by the second too.
  await inSlices(after?.facts.bound() ?? [], (party) => {
    const changed = differing(before?.assess(party), after?.assess(party))
    if (changed.length === 0) return
    if (++parties > limit) partiesOmitted += 1
    else {
      const partyName = sight.stateOf(party)?.names[0]?.text ?? ''
      findings.push(...changed.map((each) => ({ party, partyName, ...each })))
    }
  })
  return { findings, partiesOmitted }
}

function assessorAt({ reader, documents }: ChangesSource, { size, at, cut }: Moment) {
  if (size === 0) return undefined
  const { version, digest } = currentRuleset
  const request: AssessmentRequest = { cut, at, ruleset: { version, digest }, trust: null }
  const facts = new RegisterFacts(reader, request.cut, documents)
  return { facts, assess: (party: string) => assessParty(party, request, facts) }
}

function differing(before: PartyFindings | undefined, after: PartyFindings | undefined) {
  const provisions = new Set([...(before?.findings ?? []), ...(after?.findings ?? [])].map((each) => each.provision))
  return [...provisions].sort().flatMap((provision) => {
    const one = short(before, provision)
    const other = short(after, provision)
    if (JSON.stringify(one) === JSON.stringify(other)) return []
    return [{ provision, ...(one && { before: one }), ...(other && { after: other }) }]
  })
}

function short(found: PartyFindings | undefined, provision: string) {
  const finding = found?.findings.find((each) => each.provision === provision)
  return finding && { ...(finding.level === undefined ? {} : { level: finding.level }), flags: finding.flags }
}

function firstName(names: unknown): string {
  const list: readonly { readonly text: string }[] = JSON.parse(String(names ?? '[]'))
  return list[0]?.text ?? ''
}
