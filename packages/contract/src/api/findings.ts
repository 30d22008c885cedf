/** Findings: what is on record. Lists go by party and provision, never by level. */
import { provisionIds } from '@comity/instruments'
import { type Static, Type } from 'typebox'
import { caseStandings, caseUrn } from './cases.ts'
import {
  at,
  closed,
  digest,
  index,
  logSize,
  names,
  oneOf,
  origin,
  pageOf,
  pageQuery,
  partyUrn,
  place,
  statementId,
} from './fields.ts'

export const levels = ['silent', 'declared', 'evidenced', 'verified', 'unseen'] as const
export const flags = ['due', 'overdue', 'contested', 'contradicted', 'overriding', 'home-storage'] as const
export const citedAs = [
  'adherence',
  'support',
  'reservation',
  'declaration',
  'product',
  'policy',
  'release',
  'advisory',
  'acknowledgement',
  'notice',
  'proposal',
  'vote',
  'implementation',
  'exercise',
  'contact',
  'partnership',
  'offer',
  'milestone',
  'agreement',
  'clock',
  'opening',
  'move',
  'reply',
] as const

export const cite = closed({ origin, index, id: statementId, kind: Type.String(), as: oneOf(citedAs) })
export type Cite = Static<typeof cite>

const findingClock = closed({
  name: Type.String(),
  standing: oneOf(['running', 'suspended', 'lapsed', 'kept', 'late'], 'that a clock has lapsed decides nothing'),
})

/** A case that names the party, with what others did in it beside what the party did. */
export const findingCase = closed({
  urn: caseUrn,
  procedure: Type.String({ description: 'with its version: dispute/1' }),
  state: Type.String(),
  standing: oneOf(caseStandings),
  opener: { ...partyUrn, description: 'who opened it: what stands in it is the word of that party' },
  roles: Type.Array(Type.String(), { description: 'of the party that the finding is about' }),
  clocks: Type.Array(findingClock, { description: 'those that bind this party' }),
  missing: Type.Optional(
    Type.Array(Type.String(), {
      description: 'of a restriction: conditions that its record does not meet; empty where it is complete',
    }),
  ),
  cites: Type.Array(cite, { description: 'its opening, the own moves of the party, what others did' }),
})
export type FindingCase = Static<typeof findingCase>

export const supplyWords = [
  'support-end',
  'continuity',
  'portability',
  'sbom',
  'artifacts',
  'sbom-tied',
  'provenance',
  'provenance-signed',
] as const

const findingSupply = closed({
  word: oneOf(supplyWords),
  shown: Type.Array(cite, { description: 'releases, or products, that show it; at most 16' }),
  missing: Type.Array(cite, { description: 'those that do not: a gap in the record, and no more than that' }),
})

export const finding = closed({
  provision: oneOf(provisionIds),
  level: Type.Optional(oneOf(levels, 'absent for a pledge not to do, unless it is unseen')),
  flags: Type.Array(oneOf(flags)),
  cases: Type.Optional(
    Type.Array(findingCase, {
      description: 'where the provision lists cases: those opened last first, at most 16; they decide no level',
    }),
  ),
  more: Type.Optional(Type.Literal(true, { description: 'there are more cases than are listed' })),
  supply: Type.Optional(
    Type.Array(findingSupply, {
      description: 'where the provision asks for it: what products and their newest releases show; it decides no level',
    }),
  ),
  cites: Type.Array(cite),
})
export type Finding = Static<typeof finding>

export const partyFindings = closed({ party: partyUrn, findings: Type.Array(finding) })

const ruleset = closed({ version: Type.String(), digest })

/** The log prefixes that something was computed from. */
export const cut = Type.Array(closed({ origin, size: logSize, root: digest }))

/** Everything a finding depends on. */
const request = {
  cut,
  at,
  ruleset,
  trust: Type.Union([digest, Type.Null()]),
}

export const partyFindingsResponse = closed({
  ...request,
  party: partyUrn,
  findings: Type.Array(finding, { description: 'empty for a party that neither adheres nor supports: not bound' }),
})
export type PartyFindingsResponse = Static<typeof partyFindingsResponse>

export const explanationParams = closed({ urn: partyUrn, provision: oneOf(provisionIds) })

/** A requirement in words, with what carries it. */
export interface Why {
  readonly says: string
  readonly standing: string
  readonly considered: number
  readonly cites: readonly Cite[]
  readonly parts: readonly Why[]
}

const why = Type.Unsafe<Why>({
  type: 'object',
  description: 'a tree: {says, standing, considered, cites, parts}, the parts of the same form',
})

export const explanationResponse = closed({
  party: partyUrn,
  provision: oneOf(provisionIds),
  bound: Type.Boolean(),
  because: Type.Optional(Type.String({ description: 'why the provision does not bind this party' })),
  finding: Type.Optional(finding),
  rungs: Type.Optional(Type.Array(closed({ level: oneOf(levels), reached: Type.Boolean(), why }))),
  raised: Type.Optional(
    Type.Array(closed({ flag: oneOf(['due', 'overdue']), why }), {
      description: 'clocks that raised a flag; no flag changes a level',
    }),
  ),
})
export type ExplanationResponse = Static<typeof explanationResponse>

export const findingsQuery = pageQuery({
  provision: Type.Optional(oneOf(provisionIds)),
  level: Type.Optional(oneOf(levels)),
  flag: Type.Optional(oneOf(flags)),
})
export type FindingsQuery = Static<typeof findingsQuery>

export const findingsResponse = closed({
  ...request,
  ...pageOf(closed({ party: partyUrn, names, findings: Type.Array(finding) })).properties,
})
export type FindingsResponse = Static<typeof findingsResponse>

export const findingsDocumentQuery = closed({
  size: Type.Optional({
    ...logSize,
    minimum: 3,
    description: 'prefix of the own log; when absent its signed head, with all that is mirrored as far as it is folded',
  }),
  with: Type.Optional(
    Type.String({
      pattern: '^[^@,]{1,255}@[0-9]{1,13}(?:,[^@,]{1,255}@[0-9]{1,13}){0,255}$',
      maxLength: 16_384,
      description: 'prefixes of mirrored logs beside `size`, such as `log.b.example@3400,log.c.example@120`',
    }),
  ),
  at: Type.Optional({ ...at, description: 'time of a time leaf in that prefix; its last one when absent' }),
})
export type FindingsDocumentQuery = Static<typeof findingsDocumentQuery>

export const findingsDocumentResponse = closed({
  ...request,
  parties: Type.Array(partyFindings),
  digest: { ...digest, description: 'RFC 9162 root over the canonical JSON of `parties`' },
})
export type FindingsDocumentResponse = Static<typeof findingsDocumentResponse>

export const publishedFindingsQuery = pageQuery({})
export type PublishedFindingsQuery = Static<typeof publishedFindingsQuery>

export const publishedFindings = closed({ ...place.properties, ...request, digest })
export const publishedFindingsResponse = pageOf(publishedFindings)
export type PublishedFindingsResponse = Static<typeof publishedFindingsResponse>

export const publishFindingsResponse = closed({ id: statementId, index })
export type PublishFindingsResponse = Static<typeof publishFindingsResponse>
