/** A product that an advisory names: under which keys it can be found, and which versions are meant. */
import { type Cpe, parseCpe } from '../cpe/cpe.ts'
import type { ProductVersion } from '../csaf/product-version.ts'
import { ExposureError } from '../exposure-error.ts'
import { packageVersion } from '../purl/package-version.ts'
import { purlKey } from '../purl/package-key.ts'
import { parsePurl, type Purl } from '../purl/purl.ts'
import { readVers } from '../vers/parse-vers.ts'
import type { VersRange } from '../vers/vers-range.ts'
import { type Coverage, orderOfType, plainNumbers } from './coverage.ts'
import { cpeKey, productKey, type IdentifierKind } from './identifiers.ts'
import type { Condition } from './rule.ts'

/** What advisories of all formats say of a product. Identifiers that do not parse are passed over. */
export interface WrittenProduct {
  readonly purls: readonly string[]
  readonly cpes: readonly string[]
  readonly vendor?: string | undefined
  readonly product?: string | undefined
  readonly version?: ProductVersion | undefined
}

/** One key of a product, and which versions under it are meant. */
export interface NamedProduct {
  readonly key: string
  readonly by: IdentifierKind
  readonly covers: Coverage
  readonly within: readonly Condition[]
}

/**
 * Every key of a product, each once, by the best of its identifiers; none when nobody could find it in an inventory. The
 * version of a package URL goes before that of a branch, and that before the one of a CPE. Its qualifiers are not looked
 * at: packages of one name and version are made from one source for every architecture.
 */
export function namedProducts({ purls, cpes, vendor, product, version }: WrittenProduct): readonly NamedProduct[] {
  const found = new Map<string, NamedProduct>()
  const add = (named: NamedProduct): void => {
    if (!found.has(named.key)) found.set(named.key, named)
  }
  for (const purl of purls.flatMap(readPurl)) {
    add({ key: purlKey(purl), by: 'purl', covers: coverageOfPurl(purl, version), within: [] })
  }
  for (const text of cpes) {
    const cpe = parseCpe(text)
    const key = cpe === undefined ? undefined : cpeKey(cpe)
    if (cpe !== undefined && key !== undefined) add({ key, by: 'cpe', ...coverageOfCpe(cpe, version) })
  }
  if (vendor !== undefined && product !== undefined) {
    const covers = coverageOf(version, plainNumbers)
    add({ key: productKey(vendor, product), by: 'name', covers, within: [] })
  }
  return [...found.values()]
}

function readPurl(text: string): readonly Purl[] {
  try {
    return [parsePurl(text)]
  } catch (error) {
    // The reader of the document has reported it.
    if (!(error instanceof ExposureError)) throw error
    return []
  }
}

function coverageOfPurl(purl: Purl, version: ProductVersion | undefined): Coverage {
  const order = orderOfType(purl.type)
  const own = packageVersion(purl)
  if (own !== undefined) return { kind: 'version', version: own, order }
  const { vers } = purl.qualifiers
  return vers === undefined ? coverageOf(version, order) : coverageOfVers(vers)
}

function coverageOfCpe(cpe: Cpe, version: ProductVersion | undefined): Pick<NamedProduct, 'covers' | 'within'> {
  const isSet = (value: string): boolean => value !== '*' && value !== '-'
  if (version !== undefined || !isSet(cpe.version)) return { covers: coverageOf(version, plainNumbers), within: [] }
  return {
    covers: { kind: 'version', version: cpe.version, order: plainNumbers },
    within: isSet(cpe.update) ? [openCondition(`update ${cpe.update}`)] : [],
  }
}

/** Something that an inventory cannot tell. */
export function openCondition(label: string): Condition {
  return { label, keys: [], covers: { kind: 'all' } }
}

/** All versions, where nothing is said of them. */
export function coverageOf(version: ProductVersion | undefined, order: string): Coverage {
  switch (version?.kind) {
    case undefined:
    case 'all':
      return { kind: 'all' }
    case 'version':
      return { kind: 'version', version: version.version, order }
    case 'vers':
      return coverageOfRange(version.range)
    case 'constraints':
      return { kind: 'constraints', constraints: version.constraints, order }
    case 'words':
      return { kind: 'words', text: version.text }
  }
}

/** The coverage of a `vers` range as it is written; one that cannot be read is as good as words. */
export function coverageOfVers(text: string): Coverage {
  try {
    return coverageOfRange(readVers(text))
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return { kind: 'words', text }
  }
}

function coverageOfRange({ type, constraints }: VersRange): Coverage {
  if (constraints !== '*') return { kind: 'constraints', constraints, order: type }
  return type === 'none' ? { kind: 'constraints', constraints: [], order: plainNumbers } : { kind: 'all' }
}
