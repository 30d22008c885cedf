/** What a finding says of products and their newest releases, for people: shown here, missing there. */
import { supplyPhrase } from '@comity/assessment'
import type { Finding } from '@comity/contract'
import { plural, wrap } from '../terminal/text.ts'

type Supply = NonNullable<Finding['supply']>[number]

/** Nothing where the provision asks for none of it. */
export function supplyLines({ supply = [] }: Finding): readonly string[] {
  if (supply.length === 0) return []
  const counted = supply.every(({ shown, missing }) => shown.length + missing.length === 0)
  if (counted) return ['', wrap('supply: no product is on record of which it could be asked.', { indent: '  ' })]
  return ['', '  supply, which decides no level:', ...supply.map(line)]
}

function line({ word, shown, missing }: Supply): string {
  const entries = missing.map(({ index }) => index).join(', ')
  const gap = missing.length === 0 ? '' : `; a gap in ${plural(missing.length, 'entry', 'entries')} (${entries})`
  const [first = '', ...rest] = wrap(`${shown.length === 0 ? '-' : '+'} ${supplyPhrase(word)}: ${shown.length}${gap}`, {
    width: 74,
  }).split('\n')
  return [`    ${first}`, ...rest.map((each) => `      ${each}`)].join('\n')
}
