import { ExposureError, readSbom, type Sbom } from '@comity/exposure'
import { CliError } from './cli-error.ts'
import type { Session } from './session.ts'
import { countText } from './terminal/text.ts'

/** An SBOM that the user named, read. */
export interface SbomFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly sbom: Sbom
  /** What its owner should know before relying on it. */
  readonly warnings: readonly string[]
}

/**
 * Reads an SBOM before anything is done with it. Throws CliError `bad-input` that names the file, with the code of what is
 * wrong and the place in the document.
 */
export async function readSbomFile(session: Session, file: string): Promise<SbomFile> {
  const bytes = Uint8Array.from(await session.input(file, 'the SBOM'))
  const name = file === '-' ? 'standard input' : file
  try {
    const sbom = await readSbom(bytes)
    return { bytes, sbom, warnings: warningsOf(sbom, name) }
  } catch (error) {
    throw sbomError(name, error)
  }
}

/** Why a document is no SBOM, naming the file; any other error stays what it is. */
export function sbomError(name: string, error: unknown): unknown {
  if (!(error instanceof ExposureError)) return error
  return new CliError(
    'bad-input',
    `${name} is no SBOM (CycloneDX 1.4 to 1.7 or SPDX 2.2 to 3.0, as JSON): ${error.message}`,
    {
      inner: error.code,
      pointer: error.pointer,
      cause: error,
    },
  )
}

/** What the owner of an inventory should know before relying on it. */
export function warningsOf({ components, withoutPurl }: Sbom, name: string): readonly string[] {
  if (components.length === 0) return [`${name} lists no components, so no advisory can match it`]
  if (withoutPurl < components.length) return []
  const all =
    components.length === 1
      ? 'its one component has no'
      : `none of its ${countText(components.length)} components has a`
  return [`${all} package URL, so no advisory can match it`]
}
