import {
  besideEachOther,
  catalogResource,
  edition,
  instruments,
  type OscalAddresses,
  type OscalBackMatter,
  type OscalMetadata,
  type OscalResource,
  oscalVersion,
  ownProperty,
  project,
  uuidOf,
} from '@comity/instruments'
import type { RulesetName } from '../request.ts'

export interface OscalAssessmentPlan {
  readonly 'assessment-plan': {
    readonly uuid: string
    readonly metadata: OscalMetadata
    readonly 'import-ssp': { readonly href: string; readonly remarks: string }
    readonly 'reviewed-controls': {
      readonly description: string
      readonly 'control-selections': readonly { readonly 'include-all': Readonly<Record<string, never>> }[]
    }
    readonly 'assessment-subjects': readonly {
      readonly type: 'party'
      readonly description: string
      readonly 'include-all': Readonly<Record<string, never>>
    }[]
    readonly tasks: readonly {
      readonly uuid: string
      readonly type: 'action'
      readonly title: string
      readonly description: string
    }[]
    readonly 'back-matter': OscalBackMatter
  }
}

/** The plan that assessment results refer to. */
export function planUuid({ version, digest }: RulesetName): string {
  return uuidOf(`urn:comity:oscal:assessment-plan:${version}:${digest}`)
}

/**
 * How findings come about, as the assessment plan that OSCAL's results must name: every provision, every party that
 * adheres or supports, by one ruleset. OSCAL also asks for a system security plan; there is no system here, and a
 * resource says so.
 */
export function oscalAssessmentPlan(
  ruleset: RulesetName,
  addresses: OscalAddresses = besideEachOther,
): OscalAssessmentPlan {
  const uuid = planUuid(ruleset)
  return {
    'assessment-plan': {
      uuid,
      metadata: {
        title: `Findings by ruleset ${ruleset.version}`,
        'last-modified': edition.modified,
        version: ruleset.version,
        'oscal-version': oscalVersion,
        props: [ownProperty('ruleset', ruleset.version), ownProperty('ruleset-digest', ruleset.digest)],
        parties: [project],
      },
      'import-ssp': { href: `#${noSystem.uuid}`, remarks: 'There is no system security plan: parties are assessed.' },
      'reviewed-controls': {
        description: 'Every provision of every instrument.',
        'control-selections': [{ 'include-all': {} }],
      },
      'assessment-subjects': [
        { type: 'party', description: 'Every party that adheres to or supports an instrument.', 'include-all': {} },
      ],
      tasks: [
        {
          uuid: uuidOf(`urn:uuid:${uuid}:task`),
          type: 'action',
          title: 'Compute the findings',
          description:
            'From named prefixes of public logs, a time of theirs, this ruleset and a trust policy. Whoever holds the same four gets the same findings, to the bit.',
        },
      ],
      'back-matter': {
        resources: [noSystem, ...instruments.map(({ id, title }) => catalogResource(id, title, addresses))],
      },
    },
  }
}

const noSystem: OscalResource = {
  uuid: uuidOf('urn:comity:oscal:no-system'),
  title: 'No system security plan',
  description: 'OSCAL asks for one. What is assessed here is what stands on record about parties, not a system.',
}
