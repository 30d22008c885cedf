import { type AssessmentRequest, type Level, type PartyFindings, assessParty, currentRuleset } from '@comity/assessment'
import { count, field, item } from './audit/columns.ts'
import type { Database } from './register/database.ts'
import { RegisterFacts } from './register/facts.ts'

/** The register and the tree of one log, as a node or an audit has them. */
export interface ChangesSource {
  readonly reader: Database
  readonly origin: string
  /** Entries that may be looked at. */
  readonly size: number
  /** The root of the first `size` entries. */
  root(size: number): Uint8Array
  /** Whether the bytes of a document, by 64 hex digits, are at hand. */
  stored(digest: string): boolean
}

/** The log as it stood at a date: after the last batch that was closed by then. */
export interface Moment {
  /** The date asked for, whole seconds since the epoch. */
  readonly asked: number
  /** Time of that batch; 0 where the log had not begun. */
  readonly at: number
  readonly size: number
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
 * findings differ when the same ruleset is applied to both prefixes. Throws RangeError when `from` is after `to`, and
 * AssessmentError `document-missing`.
 */
export function changes(source: ChangesSource, from: number, to: number, limit: number = defaultLimit): Changes {
  if (from > to) throw new RangeError(`the first date, ${from}, is after the second, ${to}`)
  const before = momentAt(source, from)
  const after = momentAt(source, to)
  const { reader, origin } = source
  const range = [before.size, after.size]
  const counted = reader
    .prepare(
      "SELECT kind, count(*) AS n FROM entry WHERE effective >= ? AND effective < ? AND kind <> 'time' GROUP BY kind ORDER BY kind",
    )
    .all(...range)
  const kinds = Object.fromEntries(counted.map((row) => [String(row['kind']), Number(row['n'])]))
  const total = Object.values(kinds).reduce((sum, n) => sum + n, 0)
  const statements = listStatements(reader, range, limit)
  const { findings, partiesOmitted } = compareFindings(source, before, after, limit)
  return {
    origin,
    from: before,
    to: after,
    kinds,
    statements,
    omitted: total - statements.length,
    findings,
    partiesOmitted,
  }
}

function momentAt({ reader, size }: ChangesSource, asked: number): Moment {
  const row = reader
    .prepare('SELECT position, at FROM batch WHERE at <= ? AND position < ? ORDER BY position DESC LIMIT 1')
    .get(asked, size)
  return { asked, at: Number(row?.['at'] ?? 0), size: row === undefined ? 0 : Number(row['position']) + 1 }
}

function listStatements(reader: Database, range: readonly number[], limit: number): ChangedStatement[] {
  return reader
    .prepare(
      `SELECT position, id, kind, urn, names, at, effective FROM entry JOIN party USING (party)
       WHERE effective >= ? AND effective < ? AND kind <> 'time' ORDER BY effective DESC LIMIT ?`,
    )
    .all(...range, limit)
    .map((row) => ({
      index: Number(row['position']),
      // Safe: the column is a BLOB NOT NULL.
      id: Buffer.from(row['id'] as Uint8Array).toString('hex'),
      kind: String(row['kind']),
      party: String(row['urn']),
      partyName: firstName(row['names']),
      at: Number(row['at']),
      effective: Number(row['effective']),
    }))
}

/** Only parties that are bound at either moment are looked at, one at a time. */
function compareFindings(source: ChangesSource, from: Moment, to: Moment, limit: number) {
  const before = assessorAt(source, from)
  const after = assessorAt(source, to)
  const name = source.reader.prepare('SELECT names FROM party WHERE urn = ?')
  const findings: ChangedFinding[] = []
  let parties = 0
  let partiesOmitted = 0
  // Whoever is bound at the first moment has said so by the second too.
  for (const party of after?.facts.bound() ?? []) {
    const changed = differing(before?.assess(party), after?.assess(party))
    if (changed.length === 0) continue
    if (++parties > limit) partiesOmitted += 1
    else {
      const partyName = firstName(name.get(party)?.['names'])
      findings.push(...changed.map((each) => ({ party, partyName, ...each })))
    }
  }
  return { findings, partiesOmitted }
}

function assessorAt({ reader, origin, root, stored }: ChangesSource, { size, at }: Moment) {
  if (size === 0) return undefined
  const { version, digest } = currentRuleset
  const request: AssessmentRequest = {
    cut: [{ origin, size, root: `sha256:${Buffer.from(root(size)).toString('hex')}` }],
    at,
    ruleset: { version, digest },
    trust: null,
  }
  const facts = new RegisterFacts(reader, request.cut, stored)
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

/** The changes for people, in plain text of at most 80 columns. */
export function changesSummary({
  origin,
  from,
  to,
  kinds,
  statements,
  omitted,
  findings,
  partiesOmitted,
}: Changes): string {
  const kindTexts = Object.entries(kinds).map(([kind, n]) => `${kind} ${n.toLocaleString('en')}`)
  const shown = statements.slice(0, 20)
  const hidden = omitted + statements.length - shown.length
  const blocks = [
    [
      ...field('Log', origin),
      ...field('From', momentText(from)),
      ...field('To', momentText(to)),
      ...field('Took effect', kindTexts.length === 0 ? 'nothing' : kindTexts.join(', ')),
    ],
    shown.length === 0
      ? []
      : [
          'Newest statements:',
          ...shown.flatMap(({ at, kind, partyName, party, index }) =>
            item('- ', `${isoMinute(at)} ${kind} by ${partyName || party}, entry ${index}`),
          ),
          ...(hidden > 0 ? [`  … and ${hidden.toLocaleString('en')} more`] : []),
        ],
    findings.length === 0
      ? ['No finding changed.']
      : [
          'Findings that changed:',
          ...findings.flatMap(({ partyName, party, provision, before, after }) =>
            item('- ', `${partyName || party}, ${provision}: ${findingText(before)} → ${findingText(after)}`),
          ),
          ...(partiesOmitted > 0 ? [`  … and those of ${count(partiesOmitted, 'more party', 'more parties')}`] : []),
        ],
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function momentText({ asked, at, size }: Moment): string {
  if (size === 0) return `${isoMinute(asked)}: the log had not begun`
  return `${isoMinute(asked)}: ${count(size, 'entry', 'entries')}, the last batch of ${isoMinute(at)}`
}

function isoMinute(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function findingText(finding: ChangedFinding['before']): string {
  if (finding === undefined) return 'not bound'
  return [finding.level ?? 'on record', ...finding.flags].join(', ')
}
