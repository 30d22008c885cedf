import { createReadStream, statSync } from 'node:fs'
import { type Component, defaultSbomLimits, ExposureError, readSbom, type Sbom } from '@comity/exposure'
import { CliError } from '../cli-error.ts'
import { sbomError } from '../sbom-file.ts'
import type { Session } from '../session.ts'

/**
 * Reads an SBOM as a stream; `-` is standard input. Throws CliError `bad-input` that names the file, with the code of
 * what is wrong and the place in the document; `not-found` or `permission` where there is nothing to read.
 */
export async function readInventory(session: Session, file: string): Promise<Sbom> {
  const name = file === '-' ? 'standard input' : file
  const size = file === '-' ? undefined : sizeOf(session.path(file), file)
  try {
    if (size !== undefined && size > defaultSbomLimits.bytes) {
      const message = `an SBOM may have ${defaultSbomLimits.bytes} octets, and this has ${size}`
      throw new ExposureError('too-large', message)
    }
    const source =
      file === '-' ? session.context.stdin : createReadStream(session.path(file), { highWaterMark: 262_144 })
    return await readSbom(counted(session, source, size))
  } catch (error) {
    throw sbomError(name, error)
  }
}

/** What an inventory lists, and what it is of: advisories speak of both. */
export function componentsOf({ metadata, components }: Sbom): readonly Component[] {
  const { component } = metadata
  const isListed = component === undefined || components.some(({ pointer }) => pointer === component.pointer)
  return isListed ? components : [component, ...components]
}

function sizeOf(path: string, file: string): number {
  try {
    const stat = statSync(path)
    if (!stat.isDirectory()) return stat.size
  } catch (error) {
    const isForbidden = error instanceof Error && 'code' in error && error.code === 'EACCES'
    if (isForbidden) throw new CliError('permission', `the SBOM ${file} may not be read by this user`, { cause: error })
    throw new CliError('not-found', `the SBOM ${file} does not exist`, { cause: error })
  }
  throw new CliError('not-found', `the SBOM ${file} is a folder: name a file`)
}

async function* counted(
  session: Session,
  source: AsyncIterable<Uint8Array>,
  size?: number,
): AsyncGenerator<Uint8Array> {
  let octets = 0
  for await (const piece of source) {
    octets += piece.length
    session.progress.update('Reading the SBOM', octets, size)
    yield piece
  }
}
