/**
 * The exports against the official JSON schema of OSCAL 1.2 (`oscal_complete_schema.json` of a release of
 * usnistgov/OSCAL), which is no part of this project.
 */
import {
  type Cite,
  currentRuleset,
  type Finding,
  flags,
  ladder,
  oscalAssessmentPlan,
  oscalAssessmentResults,
} from '@comity/assessment'
import {
  type Bond,
  catalogIds,
  type ExportedParty,
  instruments,
  mappingIds,
  oscalCatalogOf,
  oscalMappingOf,
  oscalProfile,
  provisionIds,
  provisionById,
  servedBelow,
} from '@comity/instruments'
import { Ajv } from 'ajv'
import { default as addFormats } from 'ajv-formats'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The file to put into the folder of the corpus, as its release names it. */
export const oscalSchemaFile = 'oscal_complete_schema.json'

const party: ExportedParty = {
  urn: `urn:comity:party:${'a'.repeat(64)}`,
  name: ' North\n<Republic> ',
  type: 'state',
}

/** Holds one of each export, full and empty, against the schema in `folder`. */
export async function oscalCorpus(folder: string): Promise<{
  readonly passed: number
  readonly failed: readonly string[]
  readonly schema: string
}> {
  const schema: { readonly $id: string } = JSON.parse(await readFile(join(folder, oscalSchemaFile), 'utf8'))
  // The schema has `$id`s that ajv's strict mode takes for mistakes.
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const validate = ajv.compile(schema)
  const failed: string[] = []
  const documents = exportsOfAll()
  for (const [name, document] of documents) {
    if (validate(document)) continue
    const [first] = validate.errors?.filter(({ keyword }) => keyword !== 'oneOf') ?? []
    failed.push(`${name}: ${first?.instancePath ?? ''} ${first?.message ?? 'does not fit'}`)
  }
  return { passed: documents.length - failed.length, failed, schema: schema.$id }
}

function exportsOfAll(): readonly (readonly [name: string, document: object])[] {
  const addresses = servedBelow('https://log.example.org/api/v1')
  const { version, digest } = currentRuleset
  const request = {
    cut: [{ origin: 'log.example.org/a', size: 40, root: `sha256:${'d'.repeat(64)}` }],
    at: 1_790_000_000,
    ruleset: { version, digest },
    trust: null,
  }
  const results = (findings: readonly Finding[]) =>
    oscalAssessmentResults({ ...request, parties: [{ party: party.urn, findings }] }, () => party, addresses)
  const profile = oscalProfile(party, bonds(), request.at, addresses)
  return [
    ...catalogIds.map((id) => [`catalog of ${id}`, oscalCatalogOf(id) ?? {}] as const),
    ...mappingIds.flatMap((id) => [
      [`mapping of ${id}`, oscalMappingOf(id) ?? {}] as const,
      [`mapping of ${id} as served`, oscalMappingOf(id, addresses) ?? {}] as const,
    ]),
    ['profile', profile ?? {}],
    ['assessment plan', oscalAssessmentPlan({ version, digest }, addresses)],
    ['results without findings', results([])],
    ['results', results(findings())],
  ]
}

/** Adherence to every instrument, with something to say about each provision. */
function bonds(): readonly Bond[] {
  return instruments.map(({ id, provisions }) => ({
    instrument: id,
    form: 'adherence',
    id: 'b'.repeat(64),
    origin: 'log.example.org/a',
    index: 4,
    at: 1_790_000_000,
    declarations: provisions.map((each) => ({ provision: each.id, text: '# Said\n- *in* our [own](x) words' })),
    reservations: provisions.map((each) => ({ provision: each.id, text: ' Except {{ where }} we cannot.\r\n' })),
    withdrawnAfter: 1_890_000_000,
  }))
}

/** Every provision, on every rung in turn, with each flag. */
function findings(): readonly Finding[] {
  const cite: Cite = { origin: 'log.example.org/a', index: 7, id: 'c'.repeat(64), kind: 'adherence', as: 'adherence' }
  const levels = [...ladder, 'unseen'] as const
  return provisionIds.map((provision, i): Finding => {
    const level = levels[i % levels.length]
    const flag = flags[i % flags.length]
    const isLadder = provisionById(provision).duty !== 'not-to-do'
    return {
      provision,
      ...(isLadder && level !== undefined ? { level } : {}),
      flags: flag === undefined ? [] : [flag],
      cites: level === 'unseen' ? [] : [cite],
      cases: [
        {
          urn: `urn:comity:case:${'a'.repeat(64)}:river`,
          procedure: 'dispute/1',
          state: 'acknowledged',
          standing: 'open',
          opener: party.urn,
          roles: ['claimant'],
          clocks: [{ name: 'consultations', standing: 'lapsed' }],
          missing: ['appeal'],
          cites: [cite],
        },
      ],
    }
  })
}
