/** Puts together by what a product or component of a VEX document can be found. */
import { disagrees, parseCpe } from '../cpe/cpe.ts'
import { ExposureError } from '../exposure-error.ts'
import { present, type Fields } from '../json/fields.ts'
import { quoted } from '../problem.ts'
import { purlKey } from '../purl/package-key.ts'
import { parsePurl, type Purl } from '../purl/purl.ts'
import type { VexComponent } from './vex-statement.ts'

/** A text of the document and the member it stands in, for reports. */
export interface WrittenIdentifier {
  readonly text: string
  readonly member: string
}

export interface WrittenIdentity {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly version?: string | undefined
  readonly purls: readonly WrittenIdentifier[]
  readonly cpes: readonly WrittenIdentifier[]
  readonly hashes: VexComponent['hashes']
}

/** Keeps the identifiers that can be read, and reports those that contradict the first package URL. */
export function identify(written: WrittenIdentity, fields: Fields): VexComponent {
  let first: Purl | undefined
  const purls = written.purls.flatMap(({ text, member }) => {
    const purl = readPurl(text, member, fields)
    if (purl === undefined) return []
    first ??= purl
    if (purlKey(purl) !== purlKey(first) || purl.version !== first.version) {
      fields.report('purl-mismatch', member, `${quoted(text)} is another package or version than the first`)
    }
    return [text]
  })
  const version = first?.version ?? written.version
  const cpes = written.cpes.flatMap(({ text, member }) => {
    const cpe = parseCpe(text)
    if (cpe === undefined) {
      fields.report('bad-cpe', member, `${quoted(text)} is no CPE`)
      return []
    }
    if (version !== undefined && disagrees(cpe, version)) {
      fields.report('cpe-mismatch', member, `the CPE has version ${quoted(cpe.version)}, beside ${quoted(version)}`)
    }
    return [text]
  })
  const { id, name, hashes } = written
  return { ...present({ id, name, version: written.version }), purls: [...new Set(purls)], cpes, hashes }
}

function readPurl(text: string, member: string, fields: Fields): Purl | undefined {
  try {
    return parsePurl(text)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    fields.report('bad-purl', member, error.message)
    return undefined
  }
}
