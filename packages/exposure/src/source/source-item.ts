import type { ExposureError } from '../exposure-error.ts'

/** One thing that a source holds, with its octets. */
export interface GivenItem {
  /** Where it lies, from the folder or archive that was named: `all.zip/GO-2023-2102.json`. An outsider chose it. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** One thing that a source holds and does not give, and why. */
export interface RefusedItem {
  readonly name: string
  readonly refusal: ExposureError
  /** More than this one thing is missing: what comes after it in the archive or source was not read. */
  readonly cutsOff?: true
}

export type SourceItem = GivenItem | RefusedItem

/** A refused item. */
export function refused(name: string, refusal: ExposureError): RefusedItem {
  return { name, refusal }
}

/** A refused item after which the rest of its archive or source is missing. */
export function cutOff(name: string, refusal: ExposureError): RefusedItem {
  return { name, refusal, cutsOff: true }
}
