import type { Instrument } from '../instrument.ts'
import { laterVersionNotice, type LaterParagraph, type LaterRelation, type LaterVersion } from '../later-versions.ts'
import { besideEachOther, type CatalogId, type OscalAddresses } from './addresses.ts'
import { catalogRemarks, type OscalCatalog, unitedNationsDocument } from './catalog.ts'
import { edition, editionMetadata, project } from './edition.ts'
import { catalogResource, gap, type OscalMappingCollection, type OscalRelationship } from './mapping-model.ts'
import { markup, markupLine } from './markup.ts'
import { ownProperty, toResource } from './model.ts'
import { uuidOf } from './uuid.ts'

/** What the export calls a later version: the instrument and the year of its letter, such as `code-2015`. */
export function laterId({ instrument, date }: LaterVersion): Exclude<CatalogId, 'norms'> {
  return `${instrument}-${Number(date.slice(0, 4))}`
}

/** A later text of an instrument as an OSCAL catalog of its own: provisions keep their identifiers, and so do its paragraphs. */
export function oscalLaterCatalog(later: LaterVersion): OscalCatalog {
  const id = laterId(later)
  const text = unitedNationsDocument(later.symbol, later.source)
  const title = `Later version of the text, ${later.symbol}`
  return {
    catalog: {
      uuid: uuidOf(`urn:comity:instrument:${id}:oscal:catalog:${edition.version}`),
      metadata: editionMetadata(title, `${catalogRemarks} ${markup(laterVersionNotice)}`),
      groups: [
        {
          id,
          class: 'instrument',
          title,
          props: [
            ownProperty('later-version-of', `urn:comity:instrument:${later.instrument}`),
            ownProperty('date', later.date),
          ],
          controls: later.paragraphs.map((each) => ({
            id: controlId(later, each),
            class: 'paragraph',
            title: `${later.symbol}, paragraph ${each.number}`,
            props: [{ name: 'label', value: String(each.number) }, verified(each)],
            links: [toResource(text.uuid, `${later.symbol}, paragraph ${each.number}`)],
            parts: [
              { id: `${controlId(later, each)}_smt`, name: 'statement', prose: markup(each.summary) },
              { id: `${controlId(later, each)}_gdn`, name: 'guidance', prose: markup(each.change) },
            ],
          })),
        },
      ],
      'back-matter': { resources: [text] },
    },
  }
}

/** Read from the paragraph of the later text to the provisions that it goes back to. */
const relationships: Readonly<Record<Exclude<LaterRelation, 'new'>, OscalRelationship>> = {
  kept: 'equivalent-to',
  narrower: 'subset-of',
  wider: 'superset-of',
  rephrased: 'intersects-with',
}

/** From a later text to the provisions of the instrument: what was kept, changed, added and dropped. */
export function oscalLaterMapping(
  later: LaterVersion,
  instrument: Instrument,
  addresses: OscalAddresses = besideEachOther,
): OscalMappingCollection {
  const id = laterId(later)
  const urn = `urn:comity:instrument:${id}:oscal:mapping:${edition.version}`
  const [source, target] = [
    catalogResource(id, `Later version of the text, ${later.symbol}`, addresses),
    catalogResource(instrument.id, instrument.title, addresses),
  ]
  const dropped = later.dropped.map(({ provision, what }) => `${provision}: ${what}`).join('; ')
  return {
    'mapping-collection': {
      uuid: uuidOf(urn),
      metadata: editionMetadata(`${later.symbol} against ${markupLine(instrument.title)}`, markup(laterVersionNotice)),
      provenance: {
        method: 'human',
        'matching-rationale': 'semantic',
        status: later.paragraphs.every((each) => each.verified) ? 'complete' : 'draft',
        'mapping-description': markup(laterVersionNotice),
        'responsible-parties': [{ 'role-id': 'creator', 'party-uuids': [project.uuid] }],
      },
      mappings: [
        {
          uuid: uuidOf(`${urn}:provisions`),
          'source-resource': { type: 'catalog', href: `#${source.uuid}` },
          'target-resource': { type: 'catalog', href: `#${target.uuid}` },
          maps: later.paragraphs.flatMap((each) => mapOf(later, each, urn)),
          ...(dropped === '' ? {} : { remarks: `Not asked any more: ${markup(dropped)}.` }),
          ...gap(
            'source-gap-summary',
            `${urn}:source-gap`,
            later.paragraphs.map((each) => controlId(later, each)),
            later.paragraphs.filter(({ from }) => from.length > 0).map((each) => controlId(later, each)),
          ),
          ...gap(
            'target-gap-summary',
            `${urn}:target-gap`,
            instrument.provisions.map((each) => each.id),
            later.paragraphs.flatMap(({ from }) => from),
          ),
        },
      ],
      'back-matter': { resources: [source, target] },
    },
  }
}

function mapOf(later: LaterVersion, each: LaterParagraph, urn: string) {
  if (each.relation === 'new' || each.from.length === 0) return []
  return [
    {
      uuid: uuidOf(`${urn}:${each.number}`),
      relationship: relationships[each.relation],
      sources: [{ type: 'control' as const, 'id-ref': controlId(later, each) }],
      targets: each.from.map((provision) => ({ type: 'control' as const, 'id-ref': provision })),
      props: [verified(each)],
      remarks: markup(each.change),
    },
  ]
}

function controlId(later: LaterVersion, { number }: LaterParagraph): string {
  return `${laterId(later)}-${number}`
}

/** Whether the line was held against the document. */
function verified(each: LaterParagraph) {
  return ownProperty('verified', each.verified ? 'yes' : 'no')
}
