import { codeProvisions } from './code.ts'
import { gidsProvisions } from './gids.ts'
import type { InstrumentId, Provision, ProvisionId } from './provision.ts'

/** One text that parties adhere to or support. */
export interface Instrument {
  readonly id: InstrumentId
  readonly urn: `urn:comity:instrument:${InstrumentId}`
  readonly title: string
  readonly shortTitle: string
  /** Date of the letter that carries the text, `YYYY-MM-DD`. */
  readonly date: string
  /** The United Nations document symbol, or null where nobody has verified it yet. */
  readonly symbol: string | null
  /** Whether `symbol` was checked against the document itself. */
  readonly verified: boolean
  readonly source: string
  /** Who may take part, and how. */
  readonly openTo: string
  readonly provisions: readonly Provision[]
}

export const instruments: readonly Instrument[] = [
  {
    id: 'code',
    urn: 'urn:comity:instrument:code',
    title: 'International Code of Conduct for Information Security',
    shortTitle: 'the Code',
    date: '2011-09-12',
    symbol: 'A/66/359',
    verified: true,
    source:
      'Annex to the letter dated 12 September 2011 from the Permanent Representatives of China, the Russian Federation, Tajikistan and Uzbekistan to the United Nations addressed to the Secretary-General, General Assembly, sixty-sixth session, A/66/359',
    openTo: 'Every State may adhere, of its own free will. Other parties may support it.',
    provisions: codeProvisions,
  },
  {
    id: 'gids',
    urn: 'urn:comity:instrument:gids',
    title: 'Global Initiative on Data Security',
    shortTitle: 'the Initiative',
    date: '2020-09-18',
    // The letter was circulated on 21 September 2020; its symbol could not be checked against the
    // document, and a wrong symbol is worse than none.
    symbol: null,
    verified: false,
    source:
      'Annex to the letter dated 18 September 2020 from the Permanent Representative of China to the United Nations addressed to the Secretary-General, General Assembly, seventy-fifth session, distributed on 21 September 2020',
    openTo:
      'States are asked to support it and to confirm it by agreements; companies, technical communities, civil organisations and individuals are invited to take part.',
    provisions: gidsProvisions,
  },
]

/** All twenty provisions, the Code's first, in the order of the texts. */
export const provisions: readonly Provision[] = instruments.flatMap((each) => each.provisions)

const provisionsById = new Map<string, Provision>(provisions.map((each) => [each.id, each]))
const instrumentsByUrn = new Map<string, Instrument>(instruments.map((each) => [each.urn, each]))

/** Finds a provision by its identifier, such as `code-d`; undefined when there is none. */
export function provisionById(id: ProvisionId): Provision
export function provisionById(id: string): Provision | undefined
export function provisionById(id: string): Provision | undefined {
  return provisionsById.get(id)
}

/** Finds an instrument by its URN, such as `urn:comity:instrument:gids`; undefined when there is none. */
export function instrumentByUrn(urn: string): Instrument | undefined {
  return instrumentsByUrn.get(urn)
}

/** True when `id` names one of the twenty provisions. */
export function isProvisionId(id: string): id is ProvisionId {
  return provisionsById.has(id)
}
