import { type Instrument, instruments } from '../instrument.ts'
import type { PartyType } from '../party-type.ts'
import type { InstrumentId, Provision } from '../provision.ts'
import { besideEachOther, type OscalAddresses } from './addresses.ts'
import { catalogResource } from './mapping-model.ts'
import { markup, markupLine, oneLine } from './markup.ts'
import {
  type OscalBackMatter,
  type OscalLink,
  type OscalMetadata,
  oscalNamespace,
  type OscalParty,
  type OscalPart,
  type OscalProperty,
  oscalTime,
  oscalVersion,
  ownProperty,
} from './model.ts'
import { uuidOf } from './uuid.ts'

/** What a party says about one provision, in its own words. */
export interface Word {
  readonly provision: string
  readonly text: string
}

/** A party's latest word on one instrument. */
export interface Bond {
  readonly instrument: InstrumentId
  readonly form: 'adherence' | 'support'
  /** Symbol of the text that it names, where it names one. */
  readonly version?: string | undefined
  /** Identifier of the statement, 64 hexadecimal digits, and the log and place where it stands. */
  readonly id: string
  readonly origin: string
  readonly index: number
  /** Seconds since the epoch, of the time leaf that closes its batch. */
  readonly at: number
  readonly declarations: readonly Word[]
  readonly reservations: readonly Word[]
  /** Seconds since the epoch: bound up to and including this time. */
  readonly withdrawnAfter?: number | undefined
}

/** A party as an export names it. */
export interface ExportedParty {
  readonly urn: string
  readonly name: string
  readonly type: PartyType
}

export interface OscalAlter {
  readonly 'control-id': string
  readonly adds: readonly {
    readonly position: 'ending'
    readonly props: readonly OscalProperty[]
    readonly parts: readonly OscalPart[]
  }[]
}

export interface OscalProfile {
  readonly profile: {
    readonly uuid: string
    readonly metadata: OscalMetadata
    readonly imports: readonly {
      readonly href: string
      readonly 'include-controls': readonly { readonly 'with-ids': readonly string[] }[]
    }[]
    readonly merge: { readonly 'as-is': true }
    readonly modify?: { readonly alters: readonly OscalAlter[] }
    readonly 'back-matter': OscalBackMatter
  }
}

/** A bond with the instrument it is to, and what of that binds the party. */
interface Import {
  readonly bond: Bond
  readonly instrument: Instrument
  readonly provisions: readonly Provision[]
}

/**
 * What a party adheres to or supports at a time, as an OSCAL profile: one import for each instrument, with the
 * provisions that speak to a party of its type, and its reservations and declarations beside them in its own words.
 *
 * A reserved provision stays in: a reservation says what it changes, and only its author knows how much that is.
 * Undefined where nothing binds the party: OSCAL has no profile without an import.
 *
 * @param at seconds since the epoch; bonds that ended before it are left out
 */
export function oscalProfile(
  party: ExportedParty,
  bonds: readonly Bond[],
  at: number,
  addresses: OscalAddresses = besideEachOther,
): OscalProfile | undefined {
  const imports = importsOf(party, bonds, at)
  const [first] = imports
  if (first === undefined) return undefined
  const statements = imports.map(({ bond }) => bond.id).join('+')
  const alters = imports.flatMap((each) => altersOf(each, addresses))
  return {
    profile: {
      uuid: uuidOf(`${party.urn}:oscal:profile:${statements}`),
      metadata: metadataOf(party, imports, addresses),
      imports: imports.map(({ instrument, provisions }) => ({
        href: `#${catalogResource(instrument.id, instrument.title, addresses).uuid}`,
        'include-controls': [{ 'with-ids': provisions.map(({ id }) => id) }],
      })),
      merge: { 'as-is': true },
      ...(alters.length === 0 ? {} : { modify: { alters } }),
      'back-matter': {
        resources: imports.map(({ instrument }) => catalogResource(instrument.id, instrument.title, addresses)),
      },
    },
  }
}

function importsOf({ type }: ExportedParty, bonds: readonly Bond[], at: number): readonly Import[] {
  return instruments.flatMap((instrument) => {
    const bond = bonds.find((each) => each.instrument === instrument.id)
    if (bond === undefined || (bond.withdrawnAfter !== undefined && at > bond.withdrawnAfter)) return []
    const provisions = instrument.provisions.filter(({ binds }) => binds.includes(type))
    return provisions.length === 0 ? [] : [{ bond, instrument, provisions }]
  })
}

function metadataOf(party: ExportedParty, imports: readonly Import[], addresses: OscalAddresses): OscalMetadata {
  const named = oscalParty(party)
  const latest = Math.max(...imports.map(({ bond }) => bond.at))
  return {
    title: `${markupLine(party.name)}: what it adheres to or supports`,
    'last-modified': oscalTime(latest),
    version: oscalTime(latest),
    'oscal-version': oscalVersion,
    props: imports.flatMap(({ bond }) => propertiesOf(bond)),
    links: imports.map(({ bond }): OscalLink => ({
      href: addresses.statement(bond.id),
      rel: 'canonical',
      text: `${bond.form}, entry ${bond.index} of ${markupLine(bond.origin)}`,
    })),
    roles: [{ id: 'adherent', title: 'Party that adheres or supports' }],
    parties: [named],
    'responsible-parties': [{ 'role-id': 'adherent', 'party-uuids': [named.uuid] }],
    remarks:
      'A declaration of adherence, or of support, as it stands in a public log; not a ratification. The statement decides.',
  }
}

/** What the bond is and where it stands; `group` keeps the properties of one bond together. */
function propertiesOf({
  instrument,
  form,
  version,
  id,
  origin,
  index,
  withdrawnAfter,
}: Bond): readonly OscalProperty[] {
  const group = { group: instrument }
  return [
    ownProperty('form', form, group),
    ...(version === undefined ? [] : [ownProperty('version', oneLine(version), group)]),
    ownProperty('statement', id, group),
    ownProperty('origin', origin, group),
    ownProperty('index', String(index), group),
    ...(withdrawnAfter === undefined ? [] : [ownProperty('withdrawn-after', oscalTime(withdrawnAfter), group)]),
  ]
}

function altersOf({ bond, provisions }: Import, addresses: OscalAddresses): readonly OscalAlter[] {
  return provisions.flatMap(({ id }) => {
    const parts = [
      ...wordsOf('reservation', id, bond.reservations, bond, addresses),
      ...wordsOf('declaration', id, bond.declarations, bond, addresses),
    ]
    if (parts.length === 0) return []
    const props = [...new Set(parts.map(({ name }) => name))].map((name) => ownProperty('has', name))
    return [{ 'control-id': id, adds: [{ position: 'ending' as const, props, parts }] }]
  })
}

function wordsOf(
  name: 'reservation' | 'declaration',
  provision: string,
  words: readonly Word[],
  bond: Bond,
  addresses: OscalAddresses,
): readonly OscalPart[] {
  return words
    .filter((each) => each.provision === provision)
    .map(({ text }) => ({
      id: `${provision}_${name}`,
      name,
      ns: oscalNamespace,
      title: name === 'reservation' ? 'Reservation' : 'Declaration',
      prose: markup(text),
      links: [{ href: addresses.statement(bond.id), rel: 'reference' }],
    }))
}

/** A party as OSCAL has it; what it is called is what it calls itself. */
export function oscalParty({ urn, name, type }: ExportedParty): OscalParty {
  return {
    uuid: uuidOf(urn),
    type: type === 'person' ? 'person' : 'organization',
    name: oneLine(name),
    'external-ids': [{ scheme: 'urn:comity:party', id: urn }],
    props: [ownProperty('type', type)],
  }
}
