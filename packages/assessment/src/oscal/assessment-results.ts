import {
  besideEachOther,
  edition,
  type ExportedParty,
  objectiveId,
  objectiveRungs,
  oneLine,
  type OscalAddresses,
  type OscalBackMatter,
  type OscalMetadata,
  oscalParty,
  type OscalProperty,
  oscalTime,
  oscalVersion,
  ownProperty,
  project,
  provisionById,
  uuidOf,
} from '@comity/instruments'
import type { Cite, Finding, FindingCase, Level, PartyFindings } from '../finding.ts'
import { type AssessmentRequest, type Cut, orderedCut } from '../request.ts'
import { planUuid } from './assessment-plan.ts'

export interface OscalEvidence {
  readonly href: string
  readonly description: string
  readonly props: readonly OscalProperty[]
}

export interface OscalObservation {
  readonly uuid: string
  readonly title: string
  readonly description: string
  readonly props: readonly OscalProperty[]
  readonly methods: readonly ['EXAMINE']
  readonly subjects: readonly { readonly 'subject-uuid': string; readonly type: 'party' }[]
  readonly 'relevant-evidence'?: readonly OscalEvidence[]
  readonly collected: string
}

export interface OscalFinding {
  readonly uuid: string
  readonly title: string
  readonly description: string
  readonly props?: readonly OscalProperty[]
  readonly target: {
    readonly type: 'objective-id'
    readonly 'target-id': string
    readonly status: { readonly state: 'satisfied'; readonly reason: 'other' }
  }
  readonly 'related-observations': readonly { readonly 'observation-uuid': string }[]
}

export interface OscalAssessmentResults {
  readonly 'assessment-results': {
    readonly uuid: string
    readonly metadata: OscalMetadata
    readonly 'import-ap': { readonly href: string }
    readonly results: readonly {
      readonly uuid: string
      readonly title: string
      readonly description: string
      readonly start: string
      readonly end: string
      readonly props: readonly OscalProperty[]
      readonly 'reviewed-controls': { readonly 'control-selections': readonly object[] }
      readonly observations?: readonly OscalObservation[]
      readonly findings?: readonly OscalFinding[]
      readonly remarks: string
    }[]
    readonly 'back-matter': OscalBackMatter
  }
}

/** Findings of some parties with all that they follow from; `digest` where they are those of all parties. */
export interface FindingsToExport extends AssessmentRequest {
  readonly parties: readonly PartyFindings[]
  readonly digest?: string
}

const remarks =
  'Each finding is an observation. OSCAL knows satisfied and not-satisfied; this project gives no verdicts. So an OSCAL finding stands here for every rung that what is on record reaches, and none for a rung that it does not reach: nothing is said about that one. A pledge not to do has no rungs.'

/**
 * Findings on a cut as OSCAL assessment results: cut, time, ruleset and trust policy as properties, one observation for
 * each party and provision with the statements it rests on, and an OSCAL finding for each rung that is reached.
 *
 * @param named who a party is; one that is not known is called by its URN
 * @throws AssessmentError `ambiguous-cut`
 */
export function oscalAssessmentResults(
  findings: FindingsToExport,
  named: (urn: string) => ExportedParty | undefined,
  addresses: OscalAddresses = besideEachOther,
): OscalAssessmentResults {
  const cut = orderedCut(findings.cut)
  const at = oscalTime(findings.at)
  const urn = nameOf(findings, cut)
  const plan = planUuid(findings.ruleset)
  const parties = findings.parties.filter((each) => each.findings.length > 0)
  const observations = parties.flatMap((each) =>
    each.findings.map((one) => observationOf(one, each.party, urn, at, addresses)),
  )
  const reached = parties.flatMap((each) => each.findings.flatMap((one) => reachedBy(one, each.party, urn)))
  return {
    'assessment-results': {
      uuid: uuidOf(urn),
      metadata: {
        title: 'What is on record',
        'last-modified': at,
        version: at,
        'oscal-version': oscalVersion,
        parties: [project, ...parties.map(({ party }) => oscalParty(named(party) ?? unknown(party)))],
        links: [{ href: `#${plan}`, rel: 'reference' }],
      },
      'import-ap': { href: `#${plan}` },
      results: [
        {
          uuid: uuidOf(`${urn}:result`),
          title: `Findings as of ${at}`,
          description: 'Computed from the log prefixes named below, and from nothing else.',
          start: at,
          end: at,
          props: requestProperties(findings, cut),
          'reviewed-controls': { 'control-selections': [selectionOf(parties)] },
          ...(observations.length === 0 ? {} : { observations }),
          ...(reached.length === 0 ? {} : { findings: reached }),
          remarks,
        },
      ],
      'back-matter': {
        resources: [
          {
            uuid: plan,
            title: `Findings by ruleset ${oneLine(findings.ruleset.version)}: assessment plan`,
            rlinks: [{ href: addresses.plan, 'media-type': 'application/json' }],
          },
        ],
      },
    },
  }
}

/** A name that is another for whatever else the findings were computed from. */
function nameOf({ at, ruleset, trust, parties }: FindingsToExport, cut: Cut): string {
  const prefixes = cut.map(({ origin, size, root }) => `${origin}@${size}:${root}`).join(',')
  const about = parties.map(({ party }) => party).join(',')
  return `urn:comity:oscal:assessment-results:${edition.version}:${[prefixes, at, ruleset.digest, trust, about].join(';')}`
}

/** The four things that findings are a function of, and their digest. `group` keeps those of one log together. */
function requestProperties({ at, ruleset, trust, digest }: FindingsToExport, cut: Cut): readonly OscalProperty[] {
  return [
    ...cut.flatMap(({ origin, size, root }, i) => {
      const group = { group: `log-${i + 1}` }
      return [
        ownProperty('origin', origin, group),
        ownProperty('size', String(size), group),
        ownProperty('root', root, group),
      ]
    }),
    ownProperty('at', String(at)),
    ownProperty('ruleset', ruleset.version),
    ownProperty('ruleset-digest', ruleset.digest),
    ownProperty('trust', trust ?? 'none'),
    ...(digest === undefined ? [] : [ownProperty('findings-digest', digest)]),
  ]
}

function selectionOf(parties: readonly PartyFindings[]): object {
  const provisions = new Set(parties.flatMap(({ findings }) => findings.map(({ provision }) => provision)))
  if (provisions.size === 0) return { 'include-all': {} }
  return { 'include-controls': [...provisions].toSorted().map((id) => ({ 'control-id': id })) }
}

const levels: Readonly<Record<Level, string>> = {
  silent: 'Adherence or support is on record, and nothing more about this provision.',
  declared: 'A statement about this very provision is on record.',
  evidenced: 'Documents that anyone can check are on record.',
  verified: 'Independent parties in at least two other jurisdictions checked what is on record.',
  unseen: 'The party’s home log is not in the cut: nothing can be said.',
}

function observationOf(
  { provision, level, flags, cites, cases = [], more }: Finding,
  party: string,
  urn: string,
  collected: string,
  addresses: OscalAddresses,
): OscalObservation {
  const evidence = [
    ...cites.map((each) => evidenceOf(each, addresses)),
    ...cases.flatMap((each) => evidenceOfCase(each, addresses)),
  ]
  const { title } = provisionById(provision)
  return {
    uuid: observationUuid(urn, party, provision),
    title: `${provision}: ${oneLine(title)}`,
    description: level === undefined ? casesText(cases.length) : levels[level],
    props: [
      ownProperty('provision', provision),
      ...(level === undefined ? [] : [ownProperty('level', level)]),
      ...flags.map((flag) => ownProperty('flag', flag)),
      ...(more === undefined ? [] : [ownProperty('more-cases', 'true')]),
    ],
    methods: ['EXAMINE'],
    subjects: [{ 'subject-uuid': uuidOf(party), type: 'party' }],
    ...(evidence.length === 0 ? {} : { 'relevant-evidence': evidence }),
    collected,
  }
}

function casesText(count: number): string {
  return count === 0
    ? 'A pledge not to do: no case is on record.'
    : 'A pledge not to do: cases are on record, cited below, each with its replies.'
}

function observationUuid(urn: string, party: string, provision: string): string {
  return uuidOf(`${urn}:${party}:${provision}`)
}

/** A statement that the finding rests on, and where it stands. */
function evidenceOf({ origin, index, id, kind, as }: Cite, addresses: OscalAddresses, inCase?: string): OscalEvidence {
  return {
    href: addresses.statement(id),
    description: `Entry ${index} of ${oneLine(origin)}, cited as ${as}.`,
    props: [
      ownProperty('statement', id),
      ownProperty('origin', origin),
      ownProperty('index', String(index)),
      ownProperty('kind', kind),
      ownProperty('as', as),
      ...(inCase === undefined ? [] : [ownProperty('case', inCase)]),
    ],
  }
}

/** A case as it stands, and after it what was said in it by each side. */
function evidenceOfCase(found: FindingCase, addresses: OscalAddresses): readonly OscalEvidence[] {
  const { urn, procedure, state, standing, opener, roles, clocks, missing = [], cites } = found
  return [
    {
      href: addresses.case(urn),
      description:
        'A case that names the party: the word of whoever opened it, and no verdict. What others said follows.',
      props: [
        ownProperty('case', urn),
        ownProperty('procedure', procedure),
        ownProperty('state', state),
        ownProperty('standing', standing),
        ownProperty('opener', opener),
        ...roles.map((role) => ownProperty('role', role)),
        ...clocks.map((clock) => ownProperty('clock', `${clock.name}: ${clock.standing}`)),
        ...missing.map((condition) => ownProperty('condition-not-met', condition)),
      ],
    },
    ...cites.map((each) => evidenceOf(each, addresses, urn)),
  ]
}

/** One OSCAL finding for each rung up to the level. */
function reachedBy({ provision, level, flags }: Finding, party: string, urn: string): readonly OscalFinding[] {
  const height = objectiveRungs.findIndex((rung) => rung === level)
  return objectiveRungs.slice(0, height + 1).map((rung) => ({
    uuid: uuidOf(`${urn}:${party}:${provision}:${rung}`),
    title: `${provision}: ${rung}`,
    description: levels[rung],
    ...(flags.length === 0 ? {} : { props: flags.map((flag) => ownProperty('flag', flag)) }),
    target: {
      type: 'objective-id',
      'target-id': objectiveId(provision, rung),
      status: { state: 'satisfied', reason: 'other' },
    },
    'related-observations': [{ 'observation-uuid': observationUuid(urn, party, provision) }],
  }))
}

function unknown(urn: string): ExportedParty {
  return { urn, name: urn, type: 'organisation' }
}
