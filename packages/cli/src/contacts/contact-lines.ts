import type { Contact } from '@comity/statement'
import { entry, entryFields } from '../cases/entry.ts'
import { plain } from '../terminal/text.ts'

/** One office as an item of a list: what it is for and its addresses, then hours, languages and key. */
export function contactLines({ function: office, email, phone, url, hours, languages, key }: Contact): string {
  const addresses = [email, phone, url].filter((each) => each !== undefined)
  return [
    entry(`${office}  ${addresses.length === 0 ? 'no address' : plain(addresses.join(', '))}`),
    ...contactFields({ hours, languages, key }),
  ].join('\n')
}

/** Undefined is not said. */
export interface ContactWords {
  readonly hours?: string | undefined
  readonly languages?: readonly string[] | undefined
  readonly key?: string | undefined
}

function contactFields({ hours, languages, key }: ContactWords): readonly string[] {
  const rows = entryFields([
    ['hours', hours === undefined ? undefined : plain(hours)],
    ['languages', languages === undefined || languages.length === 0 ? undefined : languages.join(', ')],
    ['key', key?.slice(0, 16)],
  ])
  return rows === '' ? [] : [rows]
}
