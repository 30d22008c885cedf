/** The cases of a finding in words: what stands on record, by whose word, and what the other side did. */
import type { Finding, FindingCase } from '@comity/contract'
import { caseText } from '../cases/case-name.ts'
import { entry } from '../cases/entry.ts'
import { short } from '../names.ts'
import { plain, plural } from '../terminal/text.ts'

/** `2 cases`, `16 cases and more`; undefined where the provision lists none. */
export function countOfCases({ cases, more }: Finding): string | undefined {
  if (cases === undefined) return undefined
  if (cases.length === 0) return 'no case on record'
  return `${plural(cases.length, 'case')}${more === true ? ' and more' : ''}`
}

/** Each case with how it stands; `comity case show` reads its name as it is written here. */
export function caseLines({ cases = [], more }: Finding): readonly string[] {
  if (cases.length === 0) return []
  const note = more === true ? ['  More are on record: see "comity case list".'] : []
  return ['', '  cases, those opened last first:', ...cases.map(caseLine), ...note]
}

function caseLine(of: FindingCase): string {
  const ended = of.standing === 'open' ? '' : `, ${of.standing}`
  return entry(
    `${caseText(of.urn)}: ${plain(of.procedure)}, ${plain(of.state)}${ended}; it is ${of.roles.map(plain).join(' and ')}`,
    `opened by ${short(of.opener.slice(-64))}, ${entriesOf(of, 'opening') ?? 'not at hand'}`,
    said('what it did', entriesOf(of, 'move')),
    said('what others did', entriesOf(of, 'reply') ?? 'nothing'),
    said('clocks', listed(of.clocks.map(({ name, standing }) => `${plain(name)} ${standing}`))),
    of.missing === undefined ? undefined : `record: ${completeness(of.missing)}`,
  )
}

function completeness(missing: readonly string[]): string {
  return missing.length === 0 ? 'complete' : `incomplete, without ${missing.map(plain).join(', ')}`
}

function said(what: string, how: string | undefined): string | undefined {
  return how === undefined ? undefined : `${what}: ${how}`
}

function listed(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(', ')
}

function entriesOf({ cites }: FindingCase, as: string): string | undefined {
  const indexes = cites.filter((each) => each.as === as).map(({ index }) => index)
  if (indexes.length === 0) return undefined
  return `${indexes.length === 1 ? 'entry' : 'entries'} ${indexes.toSorted((a, b) => a - b).join(', ')}`
}
