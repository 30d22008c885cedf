/** What happens in the sample register, as a list of steps with the time at which each happens. */
import { instrumentUrn, productUrn, releaseUrn, advisoryUrn, type CorePayloads } from '@comity/statement'
import { attachment, type Attachment, documentEntry } from '../filing.ts'
import { rfc3339 } from '../names.ts'
import type { Role } from './cast.ts'
import type { SampleAdvisory, SampleFiles } from './files.ts'

const hour = 3600
const day = 24 * hour

/** How long the story takes before the moment of its telling, in seconds. */
export const storyLength = 60 * day

/** What a step can do. `file` resolves with the id of the statement. */
export interface Stage {
  found(role: Role): Promise<void>
  urn(role: Role): string
  file<K extends keyof CorePayloads>(
    role: Role,
    kind: K,
    sub: string,
    payload: CorePayloads[K],
    documents?: readonly Attachment[],
  ): Promise<string>
  /** The second pair of eyes. */
  approve(role: Role, id: string): Promise<void>
  keepInventory(role: Role, name: string, sbom: Uint8Array): Promise<void>
  publishFindings(): Promise<void>
  /** Ids of the advisory statements, by the advisory's own identifier. */
  readonly advisories: Map<string, string>
}

export interface Step {
  /** Seconds after the founding of the node. */
  readonly after: number
  readonly what: string
  play(stage: Stage): Promise<unknown>
}

const code = instrumentUrn('code')
const gids = instrumentUrn('gids')

/** The steps in order. `foundedAt` is the time of the founding, in whole seconds since the epoch. */
export function story(files: SampleFiles, foundedAt: number): readonly Step[] {
  return [...beginnings, ...products(files, foundedAt), ...advisories(files), ...answers(files), ...closing].toSorted(
    (a, b) => a.after - b.after,
  )
}

function step(after: number, what: string, play: Step['play']): Step {
  return { after, what, play }
}

const beginnings: readonly Step[] = [
  step(1 * day, 'A State adheres', async (stage) => {
    await stage.found('agency')
    await stage.file('agency', 'adherence', code, {
      version: 'A/66/359',
      declarations: [{ provision: 'code-d', text: 'Our agencies accept products with a bill of materials only.' }],
      reservations: [{ provision: 'code-c', text: 'We act on speech only where our own courts have decided.' }],
    })
    await stage.file('agency', 'adherence', gids, {
      declarations: [
        { provision: 'gids-9', text: 'We seek agreements with every State that confirms the Initiative.' },
      ],
    })
  }),
  step(4 * day, 'Another adheres, with four eyes', async (stage) => {
    await stage.found('ministry')
    const id = await stage.file('ministry', 'adherence', gids, {
      reservations: [{ provision: 'gids-4', text: 'Records of our land registry stay in Belmora.' }],
    })
    await stage.approve('ministry', id)
  }),
  step(7 * day, 'Companies and communities support', async (stage) => {
    await stage.found('gateways')
    await stage.file('gateways', 'support', gids, {
      declarations: [{ provision: 'gids-7', text: 'Our gateways have no function that their users cannot see.' }],
    })
    await stage.found('packagers')
    await stage.file('packagers', 'support', gids, {})
    await stage.found('commons')
    await stage.file('commons', 'support', code, {
      declarations: [{ provision: 'code-h', text: 'We teach what a bill of materials is, every month, for nothing.' }],
    })
  }),
  step(10 * day, 'Civil society endorses', async (stage) => {
    await stage.found('watch')
    for (const role of ['agency', 'gateways'] as const) {
      await stage.file('watch', 'endorsement', stage.urn(role), { claims: ['name', 'keys'] })
    }
  }),
  step(12 * day, 'An operator brings its inventory home', async (stage) => {
    await stage.found('power')
    await stage.file('power', 'support', gids, {})
    await stage.file('power', 'trust', stage.urn('power'), {
      witnesses: '',
      endorsers: [stage.urn('watch')],
      inspectors: [],
      states: { XA: stage.urn('agency'), XB: stage.urn('ministry') },
    })
  }),
]

function products(files: SampleFiles, foundedAt: number): readonly Step[] {
  return [
    step(14 * day, 'Products are registered', async (stage) => {
      await stage.file('gateways', 'product', gateway(stage), {
        name: 'Tideline Gateway (fictitious)',
        description: 'Control gateway for electricity substations. Invented for the sample register.',
        updatePolicy: {
          mechanism: 'download',
          consent: 'required',
          security: 'separate',
          rollback: true,
          noticeDays: 14,
          supportUntil: '2031-12-31T00:00:00Z',
        },
        portability: { formats: ['application/json', 'text/csv'] },
      })
      await stage.file('packagers', 'product', ownProduct(stage), {
        name: 'Comity',
        description: 'This software. Its publisher here is invented; its bill of materials is real.',
        updatePolicy: { mechanism: 'package-manager', consent: 'required', security: 'separate', rollback: true },
      })
    }),
    step(16 * day, 'Releases bring their bills of materials', async (stage) => {
      const released = rfc3339(foundedAt + 16 * day)
      const gatewaySbom = attachment(files.gatewaySbom, 'application/vnd.cyclonedx+json')
      await stage.file(
        'gateways',
        'release',
        releaseUrn(gateway(stage), '4.1.0'),
        { version: '4.1.0', released, sbom: gatewaySbom.digest, documents: [documentEntry(gatewaySbom)] },
        [gatewaySbom],
      )
      const ownSbom = attachment(files.ownSbom, 'application/vnd.cyclonedx+json')
      const { ownVersion: version } = files
      await stage.file(
        'packagers',
        'release',
        releaseUrn(ownProduct(stage), version),
        { version, released, sbom: ownSbom.digest, documents: [documentEntry(ownSbom)] },
        [ownSbom],
      )
    }),
    step(20 * day, 'The inventory enters the vault', (stage) =>
      stage.keepInventory('power', 'relay-gateway', files.inventory),
    ),
  ]
}

/** One advisory every three days. */
function advisories({ advisories }: SampleFiles): readonly Step[] {
  return advisories.map((each, i) => step((24 + 3 * i) * day, `Advisory ${each.id}`, (stage) => publish(stage, each)))
}

async function publish(
  stage: Stage,
  { id, title, published, modified, aliases, bytes }: SampleAdvisory,
): Promise<void> {
  const document = attachment(bytes, 'application/json')
  const statement = await stage.file(
    'gateways',
    'advisory',
    advisoryUrn(stage.urn('gateways'), id),
    {
      id,
      products: [gateway(stage)],
      title,
      published: wholeSeconds(published),
      modified: wholeSeconds(modified),
      ...(aliases.length === 0 ? {} : { aliases: [...aliases] }),
      remedy: { kind: 'update', version: '4.2.1' },
      document: document.digest,
      documents: [documentEntry(document)],
    },
    [document],
  )
  stage.advisories.set(id, statement)
}

function wholeSeconds(date: string): string {
  return rfc3339(Math.floor(Date.parse(date) / 1000))
}

/** The operator answers some, says that one is remedied, and leaves others open. */
function answers({ advisories }: SampleFiles): readonly Step[] {
  const said: readonly (readonly [string, number, CorePayloads['acknowledgement']['state']])[] = [
    ['GO-2023-2153', 2 * hour, 'affected'],
    ['GO-2023-2153', 9 * day, 'remedied'],
    ['GO-2023-2402', 5 * hour, 'affected'],
    ['GO-2024-2611', 1 * day, 'mitigated'],
    ['GO-2022-0603', 3 * hour, 'not_affected'],
  ]
  return said.flatMap(([id, delay, state]) => {
    const at = advisories.findIndex((each) => each.id === id)
    if (at < 0) return []
    return step((24 + 3 * at) * day + delay, `The operator answers ${id}`, async (stage) => {
      const sub = advisoryUrn(stage.urn('gateways'), id)
      const advisory = stage.advisories.get(id) ?? ''
      await stage.file('power', 'acknowledgement', sub, {
        advisory,
        state,
        ...(state === 'not_affected' ? { justification: 'component_not_present' as const } : {}),
        ...(state === 'remedied' ? { release: '4.2.1' } : {}),
      })
    })
  })
}

const closing: readonly Step[] = [step(58 * day, 'Findings are published', (stage) => stage.publishFindings())]

function gateway(stage: Stage): string {
  return productUrn(stage.urn('gateways'), 'gateway')
}

function ownProduct(stage: Stage): string {
  return productUrn(stage.urn('packagers'), 'comity')
}
