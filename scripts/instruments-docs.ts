/** Writes what `docs/instruments.md` says: the twenty provisions and their crosswalk, from the data. */
import {
  correspondencesOf,
  crosswalkNotice,
  type Duty,
  type Instrument,
  instruments,
  laterVersionNotice,
  laterVersions,
  norms,
  type PartyType,
  partyTypes,
  type Provision,
  provisions,
} from '@comity/instruments'

const dutyWords: Readonly<Record<Duty, string>> = {
  'to-do': 'to do',
  'not-to-do': 'not to do',
  both: 'to do and not to do',
}

const partyWords: Readonly<Record<PartyType, string>> = {
  state: 'State',
  organisation: 'organisation',
  provider: 'provider',
  operator: 'operator',
  'technical-community': 'technical community',
  'civil-society': 'civil society',
  person: 'person',
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function who(provision: Provision): string {
  if (provision.binds.length === partyTypes.length) return 'all'
  return provision.binds.map((type) => partyWords[type]).join(', ')
}

function instrumentSection(instrument: Instrument): string {
  const symbol = instrument.symbol ?? 'not verified yet, therefore not given'
  const rows = instrument.provisions.map((each) => [
    `\`${each.id}\``,
    each.citation.place.replace('annex, ', ''),
    who(each),
    dutyWords[each.duty],
    `**${each.title}.** ${each.summary}`,
    each.does,
    each.onRecord,
  ])
  return [
    `## ${instrument.title}`,
    `${instrument.source}. ${instrument.openTo}`,
    `Identifier \`${instrument.urn}\`. Document symbol: ${symbol}.`,
    table(['provision', 'place in the annex', 'who', 'duty', 'what it asks', 'what Comity does', 'on record'], rows),
  ].join('\n\n')
}

function laterSections(): readonly string[] {
  return laterVersions.map(({ symbol, source, paragraphs, dropped }) => {
    const rows = paragraphs.map(({ number, from, relation, summary, change, verified }) => [
      `(${number})`,
      from.length === 0 ? 'none' : from.map((id) => `\`${id}\``).join(', '),
      relation,
      summary,
      `${change}${verified ? '' : ' (unverified)'}`,
    ])
    const gone = dropped.map(({ provision, what, verified }) => [
      `\`${provision}\``,
      `${what}${verified ? '' : ' (unverified)'}`,
    ])
    return [
      `## Later text: ${symbol}`,
      `${source}. ${laterVersionNotice}`,
      table(['paragraph', 'goes back to', 'relation', 'what it asks', 'what changed'], rows),
      'What the earlier text asked and this one does not:',
      table(['provision', 'what'], gone),
    ].join('\n\n')
  })
}

function crosswalkSection(): string {
  const rows = provisions.flatMap((provision) =>
    correspondencesOf(provision.id).map(({ norm, relation, why }) => [
      `\`${provision.id}\``,
      `13 (${norm})`,
      relation,
      why,
    ]),
  )
  const alone = provisions.filter((each) => correspondencesOf(each.id).length === 0).map((each) => `\`${each.id}\``)
  return [
    '## Crosswalk to the eleven norms',
    crosswalkNotice,
    'A relation is read from the provision towards the norm: *subset* means that the norm asks for all of it and more, *superset* the reverse, *intersects* that each asks something the other does not.',
    table(['provision', 'norm', 'relation', 'why'], rows),
    `No norm corresponds to ${alone.join(', ')}.`,
    '### The norms, in short',
    table(
      ['norm', 'in our words'],
      norms.map((norm) => [norm.citation, norm.summary]),
    ),
  ].join('\n\n')
}

/** The whole of `docs/instruments.md`, generated: a change belongs into `packages/instruments`. */
export function instrumentsDocument(): string {
  const sections = [
    '# Instruments',
    '<!-- Generated from packages/instruments by scripts/instruments-docs.ts. Do not edit. -->',
    'Comity works with two texts. What follows describes each of their twenty provisions in the project’s own words; it cites the texts and replaces neither. Where a description and a text disagree, the text is right.',
    ...instruments.map(instrumentSection),
    ...laterSections(),
    crosswalkSection(),
  ]
  return `${sections.join('\n\n')}\n`
}
