import type { Instrument } from '../instrument.ts'
import { norms } from '../norms.ts'
import type { PartyType } from '../party-type.ts'
import type { Provision } from '../provision.ts'
import { edition, editionMetadata } from './edition.ts'
import { markup, markupLine } from './markup.ts'
import {
  type OscalBackMatter,
  type OscalLink,
  type OscalMetadata,
  type OscalPart,
  type OscalProperty,
  type OscalResource,
  ownProperty,
  toResource,
} from './model.ts'
import { uuidOf } from './uuid.ts'

export interface OscalControl {
  readonly id: string
  readonly class?: string
  readonly title: string
  readonly props?: readonly OscalProperty[]
  readonly links?: readonly OscalLink[]
  readonly parts: readonly OscalPart[]
}

export interface OscalCatalog {
  readonly catalog: {
    readonly uuid: string
    readonly metadata: OscalMetadata
    readonly groups: readonly {
      readonly id: string
      readonly class: string
      readonly title: string
      readonly props?: readonly OscalProperty[]
      readonly controls: readonly OscalControl[]
    }[]
    readonly 'back-matter': OscalBackMatter
  }
}

/** The rungs above adherence, as objectives of a provision that is to be carried out. */
export const objectiveRungs = ['declared', 'evidenced', 'verified'] as const
export type ObjectiveRung = (typeof objectiveRungs)[number]

/** Identifier of the objective that a rung of a provision is, such as `gids-8_obj.declared`. */
export function objectiveId(provision: string, rung: ObjectiveRung): string {
  return `${provision}_obj.${rung}`
}

const objectives: Readonly<Record<ObjectiveRung, string>> = {
  declared: 'A statement about this very provision is on record.',
  evidenced: 'Documents that anyone can check are on record.',
  verified: 'Independent parties in at least two other jurisdictions checked what is on record.',
}

const addressees: Readonly<Record<PartyType, string>> = {
  state: 'States',
  organisation: 'regional and international organisations',
  provider: 'providers of products and services',
  operator: 'operators of infrastructure',
  'technical-community': 'technical communities',
  'civil-society': 'civil-society bodies',
  person: 'persons',
}

export const catalogRemarks =
  'What the text asks stands here in the project’s own words. The text itself decides; the back matter says where it is to be had.'

/** An instrument as an OSCAL catalog: one control for each provision. It follows from the data of this room alone. */
export function oscalCatalog(instrument: Instrument): OscalCatalog {
  const text = textOf(instrument)
  return {
    catalog: {
      uuid: uuidOf(`${instrument.urn}:oscal:catalog:${edition.version}`),
      metadata: editionMetadata(markupLine(instrument.title), catalogRemarks),
      groups: [
        {
          id: instrument.id,
          class: 'instrument',
          title: markupLine(instrument.title),
          props: [ownProperty('instrument', instrument.urn), ownProperty('date', instrument.date)],
          controls: instrument.provisions.map((each) => controlOf(each, text.uuid)),
        },
      ],
      'back-matter': { resources: [text] },
    },
  }
}

/** The eleven norms of A/70/174, paragraph 13, as an OSCAL catalog: what the crosswalk leads to. */
export function oscalNormsCatalog(): OscalCatalog {
  const report = unitedNationsDocument('A/70/174', 'Report of the 2015 Group of Governmental Experts, paragraph 13')
  return {
    catalog: {
      uuid: uuidOf(`urn:comity:norms:oscal:catalog:${edition.version}`),
      metadata: editionMetadata('Eleven norms of responsible State behaviour', catalogRemarks),
      groups: [
        {
          id: 'norms',
          class: 'norms',
          title: 'A/70/174, paragraph 13',
          controls: norms.map(({ id, citation, summary }) => ({
            id: `norm-${id}`,
            title: markupLine(citation),
            props: [{ name: 'label', value: `13 (${id})` }],
            links: [toResource(report.uuid, citation)],
            parts: [{ id: `norm-${id}_smt`, name: 'statement', prose: markup(summary) }],
          })),
        },
      ],
      'back-matter': { resources: [report] },
    },
  }
}

function controlOf(provision: Provision, text: string): OscalControl {
  const { id, title, citation, duty, binds, summary, does } = provision
  return {
    id,
    class: 'provision',
    title: markupLine(title),
    props: [
      { name: 'label', value: id },
      ownProperty('duty', duty),
      ...binds.map((each) => ownProperty('binds', each)),
    ],
    links: [toResource(text, markupLine(citation.text))],
    parts: [
      {
        id: `${id}_smt`,
        name: 'statement',
        prose: markup(summary),
        parts: binds.map((each) => ({
          id: `${id}_smt.${each}`,
          name: 'item',
          props: [{ name: 'label', value: each }],
          prose: `Addressed to ${addressees[each]}.`,
        })),
      },
      { id: `${id}_gdn`, name: 'guidance', prose: markup(does) },
      objectivesOf(provision),
    ],
  }
}

/** A pledge not to do has no rungs: what there is to see is cases with their replies. */
function objectivesOf({ id, duty, onRecord }: Provision): OscalPart {
  return {
    id: `${id}_obj`,
    name: 'assessment-objective',
    prose: markup(onRecord),
    ...(duty === 'not-to-do'
      ? {}
      : {
          parts: objectiveRungs.map((rung) => ({
            id: objectiveId(id, rung),
            name: 'assessment-objective',
            props: [ownProperty('rung', rung)],
            prose: objectives[rung],
          })),
        }),
  }
}

/** The authentic text: its symbol and where the United Nations has it, where the symbol was checked. */
function textOf({ urn, title, source, symbol, date }: Instrument): OscalResource {
  const resource: OscalResource = {
    uuid: uuidOf(`${urn}:text`),
    title: markupLine(title),
    description: 'The authentic text. It decides wherever it and this catalog differ.',
    props: [
      { name: 'type', value: 'citation' },
      { name: 'published', value: `${date}T00:00:00Z` },
    ],
    citation: { text: markupLine(source) },
  }
  if (symbol === null) return resource
  return { ...resource, 'document-ids': [documentId(symbol)], rlinks: [{ href: documentUrl(symbol) }] }
}

export function unitedNationsDocument(symbol: string, title: string): OscalResource {
  return {
    uuid: uuidOf(`urn:comity:document:${symbol}`),
    title,
    'document-ids': [documentId(symbol)],
    citation: { text: `${title}, ${symbol}` },
    rlinks: [{ href: documentUrl(symbol) }],
  }
}

/** Symbols of United Nations documents resolve at this address, in every official language. */
const documentUrl = (symbol: string): string => `https://undocs.org/${symbol}`
const documentId = (symbol: string) => ({ scheme: 'https://undocs.org', identifier: symbol })
