/** From OSV records to what a CSAF document says: packages, their ranges in VERS, names, references. */
import { ExposureError } from '../exposure-error.ts'
import { quoted } from '../problem.ts'
import type { Advisory, AffectedPackage, AffectedRange } from '../osv/advisory.ts'
import { formatPurl, parsePurl } from '../purl/purl.ts'
import { parseVers } from '../vers/parse-vers.ts'
import { formatVers, type VersConstraint } from '../vers/vers-range.ts'
import { packageOf } from '../versions/ecosystems.ts'
import type { CsafDraft, DraftProduct, DraftVulnerability } from './csaf-draft.ts'

/**
 * What a draft takes from an OSV record; `details` is its long text, which matching does not read.
 *
 * Throws `ExposureError` `bad-osv` for a package whose ranges cannot be written down and whose versions are not listed.
 */
export function draftFromOsv(
  advisory: Advisory,
  details = '',
): Pick<CsafDraft, 'id' | 'title' | 'products'> & {
  readonly vulnerability: Omit<DraftVulnerability, 'score' | 'remedy'>
} {
  const { id, aliases, summary, affected, references } = advisory
  const names = [id, ...aliases]
  const cve = names.find(isCve)
  const description = [details, summary, id].find((each) => each.trim() !== '') ?? id
  return {
    id,
    title: summary.trim() === '' ? id : summary,
    products: affected.flatMap(productOf),
    vulnerability: {
      ...(cve === undefined ? {} : { cve }),
      ids: names.filter((each) => each !== cve).map((text) => ({ system: systemOf(text, id), text })),
      description,
      references: references.flatMap(({ type, url }) => {
        const address = addressOf(url)
        return address === undefined ? [] : [{ summary: type, url: address }]
      }),
    },
  }
}

function isCve(name: string): boolean {
  return /^CVE-[0-9]{4}-[0-9]{4,}$/.test(name)
}

/** Who gives the name: OSV's own databases put themselves in front of it. */
function systemOf(name: string, id: string): string {
  return name === id ? 'OSV' : (/^[A-Z]+/.exec(name)?.[0] ?? 'OSV')
}

/** None for a package of which the record has commits alone. */
function productOf(affected: AffectedPackage): readonly DraftProduct[] {
  const { ecosystem, name, pointer } = affected
  const type = packageOf(ecosystem, name)?.type
  const ranges = affected.ranges.filter(({ type: kind }) => kind !== 'GIT')
  const written = ranges.flatMap((range) => versOf(type, range) ?? [])
  const isWhole = written.length === ranges.length && ranges.length > 0
  // The listed versions say the same as ranges do, at greater length (OSV, versions).
  const versions = isWhole ? [] : affected.versions
  if (!isWhole && versions.length === 0) {
    if (ranges.length === 0) return []
    const message = `the ranges of ${quoted(name)} cannot be written as version ranges; list its "versions"`
    throw new ExposureError('bad-osv', message, `${pointer}/ranges`)
  }
  const purl = purlOf(affected)
  return [
    {
      under: { category: 'product_family', name: ecosystem },
      name,
      ...(purl === undefined ? {} : { purl }),
      ranges: isWhole ? [...new Set(written)] : [],
      versions: [...new Set(versions)],
      fixed: ranges.flatMap(({ events }) => events.flatMap(({ kind, version }) => (kind === 'fixed' ? [version] : []))),
    },
  ]
}

/** One range as VERS, of type `generic` where nobody knows the order; undefined for one that contradicts itself. */
function versOf(type: string | undefined, { events }: AffectedRange): string | undefined {
  const found = events.flatMap(({ kind, version }): VersConstraint[] => {
    switch (kind) {
      case 'introduced':
        // `0` stands before every version (OSV, events).
        return version === '0' ? [] : [{ comparator: '>=', version }]
      case 'last_affected':
        return [{ comparator: '<=', version }]
      default:
        return [{ comparator: '<', version }]
    }
  })
  const constraints = found.length === 0 ? '*' : found
  try {
    const text = formatVers({ type: type ?? 'generic', constraints })
    parseVers(text)
    return text
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return error.code === 'unsupported-ecosystem' ? formatVers({ type: 'generic', constraints }) : undefined
  }
}

/** As the record gives it, else made of ecosystem and name; without version and qualifiers. */
function purlOf({ ecosystem, name, purl }: AffectedPackage): string | undefined {
  try {
    const parts = purl === undefined ? packageOf(ecosystem, name) : parsePurl(purl)
    if (parts === undefined) return undefined
    const { type, namespace } = parts
    return formatPurl({ type, name: parts.name, ...(namespace === undefined ? {} : { namespace }) })
  } catch (error) {
    if (error instanceof ExposureError) return undefined
    throw error
  }
}

/** An absolute address with every character encoded that has to be; undefined for none. */
function addressOf(url: string): string | undefined {
  try {
    return new URL(url).href
  } catch {
    return undefined
  }
}
