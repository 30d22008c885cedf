/** Reports that laws demand: which laws have clocks here, what is due in one matter, and drafts of it. Nothing is stored. */
import { type Static, Type } from 'typebox'
import { at, closed, oneOf, partyUrn, statementId } from './fields.ts'
import { citation } from './procedures.ts'

const happenings = ['awareAt', 'exploitedAt', 'incidentAt', 'remedyAt'] as const
const contentNames = [
  'reporter',
  'contact',
  'product',
  'availability',
  'vulnerability',
  'severity',
  'impact',
  'exploit',
  'actor',
  'incident',
  'suspicion',
  'cause',
  'measures-taken',
  'measures-for-users',
  'remedy',
  'sensitivity',
] as const
const standings = ['not-begun', 'running', 'lapsed', 'sent', 'sent-late'] as const

const place = closed({
  zone: Type.String({ minLength: 1, maxLength: 80, description: 'IANA name, such as `Africa/Nairobi`' }),
  region: Type.Optional(Type.String({ maxLength: 20, description: 'ISO 3166: whose working days count' })),
})

const need = oneOf(['demanded', 'where-available'])
const count = Type.Integer({ minimum: 0 })

const duty = closed({
  name: Type.String(),
  title: Type.String(),
  article: Type.String(),
  counts: Type.Union([
    closed({ from: oneOf(happenings) }),
    closed({ afterReport: Type.String({ description: 'from when that report of the same law was sent' }) }),
  ]),
  when: Type.Optional(oneOf(happenings, 'only where this has happened too; it counts from the later of both')),
  length: Type.Union([
    closed({ hours: count }),
    closed({ days: count }),
    closed({ workingDays: count }),
    closed({ months: count }),
  ]),
  to: Type.String(),
  contents: Type.Array(closed({ name: oneOf(contentNames), need })),
  source: citation,
})

const law = closed({
  id: Type.String({ description: 'such as `eu-cra`' }),
  law: Type.String(),
  regions: Type.Array(Type.String()),
  binds: Type.String({ description: 'whom, in words: whether that is so is for the party to say' }),
  place,
  since: Type.Optional(Type.String()),
  remark: Type.Optional(Type.String()),
  duties: Type.Array(duty),
})

export const lawsResponse = closed({ laws: Type.Array(law) })
export type LawsResponse = Static<typeof lawsResponse>

const reportName = Type.String({
  pattern: '^[a-z0-9-]{1,40}/[a-z0-9-]{1,60}$',
  description: 'LAW/REPORT, such as `eu-cra/early-warning`',
})

const matter = {
  party: Type.Optional({ ...partyUrn, description: 'who reports; with a token of a party it is that party' }),
  advisory: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 600,
      description: 'URN of an advisory: it and its products are taken from',
    }),
  ),
  case: Type.Optional(
    Type.String({
      pattern: '^urn:comity:case:[0-9a-f]{64}:[a-z0-9][a-z0-9.-]{0,63}$',
      description: 'a case: a private one takes a token of one of its parties',
    }),
  ),
  laws: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 80 }), {
      maxItems: 32,
      description: 'that bind the party here, beside those that it stated in the case',
    }),
  ),
  happened: Type.Optional(
    closed({
      awareAt: Type.Optional(at),
      exploitedAt: Type.Optional(at),
      incidentAt: Type.Optional(at),
      remedyAt: Type.Optional(at),
      sent: Type.Optional(
        Type.Record(Type.String({ pattern: '^[a-z0-9-]{1,40}/[a-z0-9-]{1,60}$' }), at, {
          maxProperties: 64,
          description: 'reports that were sent, and when',
        }),
      ),
    }),
  ),
  said: Type.Optional(
    Type.Unsafe<{ readonly [N in (typeof contentNames)[number]]?: string }>(
      closed(Object.fromEntries(contentNames.map((name) => [name, Type.Optional(Type.String({ maxLength: 8000 }))]))),
    ),
  ),
  place: Type.Optional({ ...place, description: 'where days end, instead of the place that the law names' }),
}

export const dueReportsBody = closed(matter)
export type DueReportsBody = Static<typeof dueReportsBody>

export const draftReportBody = closed({
  ...matter,
  report: Type.Optional({ ...reportName, description: 'the one that is due next where none is named' }),
})
export type DraftReportBody = Static<typeof draftReportBody>

const standing = oneOf(standings)
const deadline = Type.Optional(Type.String({ description: 'for people, with hour and zone' }))

export const dueReportsResponse = closed({
  subject: Type.String(),
  next: Type.Optional(reportName),
  embargoEndsAt: Type.Optional(at),
  acrossEmbargo: Type.Optional(Type.Array(reportName, { description: 'due before the embargo ends' })),
  others: Type.Optional(
    Type.Array(
      closed({
        party: partyUrn,
        reports: Type.Array(reportName),
        unknown: Type.Array(Type.String(), { description: 'laws that it named and that have no profile' }),
      }),
      { description: 'other parties of the disclosure whose reports are due before its embargo ends' },
    ),
  ),
  reports: Type.Array(
    closed({
      law: Type.String(),
      duty: Type.String(),
      title: Type.String(),
      length: Type.String(),
      standing,
      counts: Type.String({ description: 'what it counts from, in words' }),
      startedAt: Type.Optional(at),
      endsAt: Type.Optional(at),
      deadline,
      sentAt: Type.Optional(at),
      report: reportName,
      lawTitle: Type.String(),
      binds: Type.String(),
      article: Type.String(),
      to: Type.String(),
      source: citation,
    }),
    { description: 'the next to be due first; what has not begun stands last' },
  ),
})
export type DueReportsResponse = Static<typeof dueReportsResponse>

const factSource = Type.Union([
  closed({ in: Type.Literal('statement'), id: statementId, pointer: Type.String() }),
  closed({ in: Type.Literal('move'), id: statementId, pointer: Type.String() }),
  closed({ in: Type.Literal('word') }),
])

export const draftReportResponse = closed({
  law: Type.String(),
  lawTitle: Type.String(),
  duty: Type.String(),
  title: Type.String(),
  article: Type.String(),
  binds: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  source: citation,
  remark: Type.Optional(Type.String()),
  standing,
  counts: Type.String(),
  length: Type.String(),
  endsAt: Type.Optional(at),
  deadline,
  happened: Type.Array(closed({ name: oneOf(happenings), title: Type.String(), at, source: factSource })),
  items: Type.Array(
    closed({
      name: oneOf(contentNames),
      title: Type.String(),
      need,
      facts: Type.Array(closed({ text: Type.String(), source: factSource })),
      isGap: Type.Boolean({ description: 'the record says nothing of it; nothing is made up' }),
    }),
  ),
  missing: Type.Array(oneOf(contentNames), { description: 'what the law demands and the record does not have' }),
  preparedAt: at,
})
export type DraftReportResponse = Static<typeof draftReportResponse>
