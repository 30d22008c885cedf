/** One product of a CVE record and its versions (CVE Record Format, `product` and `versions`). */
import { disagrees, parseCpe } from '../cpe/cpe.ts'
import { ExposureError } from '../exposure-error.ts'
import { present, type Fields } from '../json/fields.ts'
import { quoted } from '../problem.ts'
import { parsePurl } from '../purl/purl.ts'
import type { CveProduct, CveStatus, CveVersion } from './cve-record.ts'

const statuses = ['affected', 'unaffected', 'unknown'] as const

/** The product; none, with the reason among the problems, when nobody could tell which one is meant. */
export function readProduct(fields: Fields): readonly CveProduct[] {
  const product = fields.text('product')
  const packageName = fields.text('packageName')
  const purl = readPurl(fields)
  if (product === undefined && packageName === undefined && purl === undefined) {
    fields.problems.add('missing-field', fields.pointer, 'a product has "vendor" and "product", or a "packageName"')
    return []
  }
  const versions = fields.objects('versions').flatMap(readVersion)
  checkContradictions(versions, fields)
  if (versions.length === 0 && !fields.has('defaultStatus')) {
    fields.report('no-ranges', 'versions', 'it gives neither versions nor a "defaultStatus"')
  }
  return [
    {
      ...present({
        vendor: fields.text('vendor'),
        product,
        collectionUrl: fields.text('collectionURL'),
        packageName,
        purl,
      }),
      cpes: readCpes(fields, purl),
      modules: fields.texts('modules'),
      platforms: fields.texts('platforms'),
      ...present({ repo: fields.text('repo') }),
      defaultStatus: fields.oneOf('defaultStatus', statuses) ?? 'unknown',
      versions,
      pointer: fields.pointer,
    },
  ]
}

function readPurl(fields: Fields): string | undefined {
  const text = fields.text('packageURL')
  if (text === undefined) return undefined
  try {
    parsePurl(text)
    return text
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    fields.report('bad-purl', 'packageURL', error.message)
    return undefined
  }
}

function readCpes(fields: Fields, purl: string | undefined): readonly string[] {
  const version = purl === undefined ? undefined : parsePurl(purl).version
  return fields.texts('cpes').filter((text) => {
    const cpe = parseCpe(text)
    if (cpe === undefined) {
      fields.report('bad-cpe', 'cpes', `${quoted(text)} is no CPE`)
      return false
    }
    if (version !== undefined && disagrees(cpe, version)) {
      fields.report('cpe-mismatch', 'cpes', `the CPE has version ${quoted(cpe.version)}, beside ${quoted(version)}`)
    }
    return true
  })
}

function readVersion(fields: Fields): readonly CveVersion[] {
  const version = fields.needed('version')
  const status = fields.oneOf('status', statuses)
  if (status === undefined && !fields.has('status')) {
    fields.report('missing-field', 'status', `a version has a "status": ${statuses.join(', ')}`)
  }
  const lessThan = fields.text('lessThan')
  const lessThanOrEqual = fields.text('lessThanOrEqual')
  if (version === undefined || status === undefined) return []
  if (lessThan !== undefined && lessThanOrEqual !== undefined) {
    fields.report('bad-range', 'lessThanOrEqual', 'a range ends before one version or with one, and here with both')
    return []
  }
  const changes = fields.objects('changes').flatMap((each) => {
    const at = each.needed('at')
    const to = each.oneOf('status', statuses)
    return at === undefined || to === undefined ? [] : [{ at, status: to }]
  })
  return [
    { version, status, ...present({ versionType: fields.text('versionType'), lessThan, lessThanOrEqual }), changes },
  ]
}

/** The same versions, said to be affected and not. */
function checkContradictions(versions: readonly CveVersion[], fields: Fields): void {
  const seen = new Map<string, CveStatus>()
  for (const { version, versionType, lessThan, lessThanOrEqual, status } of versions) {
    const key = JSON.stringify([version, versionType, lessThan, lessThanOrEqual])
    if ((seen.get(key) ?? status) !== status) {
      fields.report('contradicting-range', 'versions', `${quoted(version)} is ${seen.get(key)} and ${status} at once`)
    }
    seen.set(key, status)
  }
}
