/**
 * Conan 2: https://docs.conan.io/2/tutorial/versioning/versions.html
 *
 *   item{.item}[-prerelease][+build]        1.1.1w        1.2-alpha.3+b1        cci.20200203
 *
 * Any number of items, of digits and letters; trailing zeros do not count. A pre-release comes before
 * its release, a build after it, and both compare item by item as the version does.
 *
 * Items compare by their leading digits, as a number, then by what follows them, as text; one without
 * digits comes last. Conan itself compares a number with another text as texts, where 9 < 10 < 1a < 9;
 * the rule here agrees wherever that is an order.
 */
import { compareDigits, compareLists, compareText } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface Item {
  readonly number: string | undefined
  readonly rest: string
}

interface ConanVersion {
  readonly items: readonly Item[]
  readonly prerelease: readonly Item[] | undefined
  readonly build: readonly Item[] | undefined
}

export const conanScheme = versionScheme<ConanVersion>({
  name: 'Conan 2',
  kind: 'a Conan version',
  read: (text, refuse) => {
    if (!/^[0-9A-Za-z_.*+-]+$/.test(text)) return refuse('it has other characters than letters, digits and _ . * + -')
    const [beforeBuild, build] = splitLast(text, '+')
    const [main, prerelease] = splitLast(beforeBuild, '-')
    if (main === '' || main.split('.').includes('')) return refuse('one of its items is empty')
    return {
      items: items(main),
      prerelease: prerelease === undefined ? undefined : items(prerelease),
      build: build === undefined ? undefined : items(build),
    }
  },
  compare: (a, b) =>
    compareLists(a.items, b.items, compareItems) ||
    Number(a.prerelease === undefined) - Number(b.prerelease === undefined) ||
    compareLists(a.prerelease ?? [], b.prerelease ?? [], compareItems) ||
    Number(a.build !== undefined) - Number(b.build !== undefined) ||
    compareLists(a.build ?? [], b.build ?? [], compareItems),
})

function splitLast(text: string, separator: string): readonly [before: string, after: string | undefined] {
  const at = text.lastIndexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function items(text: string): readonly Item[] {
  const found = text.split('.').map((item) => {
    const number = /^[0-9]+/.exec(item)?.[0]
    return { number, rest: item.slice(number?.length ?? 0) }
  })
  return found.slice(0, found.findLastIndex(({ number, rest }) => rest !== '' || !/^0*$/.test(number ?? '')) + 1)
}

function compareItems(a: Item, b: Item): number {
  return (
    Number(a.number === undefined) - Number(b.number === undefined) ||
    compareDigits(a.number ?? '0', b.number ?? '0') ||
    compareText(a.rest, b.rest)
  )
}
