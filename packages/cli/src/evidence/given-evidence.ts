/** What somebody gives to judge provenance by: a pinned trust root, public keys, a list of builders, files, an SBOM. */
import {
  type Builders,
  ExposureError,
  type KnownFile,
  type KnownSbom,
  parseBuilders,
  readSbomRoot,
} from '@comity/exposure'
import { type GivenKey, keyOfPem, parseTrustedRoot, type PinnedRoot } from '@comity/exposure/sigstore'
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Session } from '../session.ts'

export interface EvidenceOptions {
  readonly trustedRoot?: string
  readonly builders?: string
}

/** The relier's own trust root and list of builders, as far as they are given. */
export async function relied(
  session: Session,
  { trustedRoot, builders }: EvidenceOptions,
): Promise<{ readonly root?: PinnedRoot; readonly builders?: Builders }> {
  return {
    ...(trustedRoot !== undefined && { root: await parsed(session, trustedRoot, parseTrustedRoot) }),
    ...(builders !== undefined && { builders: await parsed(session, builders, parseBuilders) }),
  }
}

/** Public keys in PEM, each of whoever made the file. */
export async function givenKeys(session: Session, files: readonly string[]): Promise<readonly GivenKey[]> {
  return Promise.all(
    files.map((file) =>
      parsed(session, file, (bytes) =>
        keyOfPem(Buffer.from(bytes).toString('latin1'), `whoever made ${basename(file)}`),
      ),
    ),
  )
}

/** A file with the digests that registries name files by. */
export async function knownFile(session: Session, file: string): Promise<KnownFile & { readonly bytes: Uint8Array }> {
  const bytes = await session.input(file)
  const digestOf = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  return { name: basename(file), bytes, digests: { sha256: digestOf('sha256'), sha512: digestOf('sha512') } }
}

/** An SBOM with its digest and what it is an inventory of. */
export async function knownSbom(session: Session, file: string): Promise<KnownSbom> {
  const { name, digests, bytes } = await knownFile(session, file)
  const root = await parsed(session, file, () => readSbomRoot(bytes))
  return root === undefined ? { name, digests } : { name, digests, root }
}

/** Reads a file that was given. Throws CliError `bad-input` that names it, with code and place of what is wrong. */
export async function parsed<T>(session: Session, file: string, parse: (bytes: Uint8Array) => T): Promise<T> {
  const bytes = await session.input(file)
  try {
    return parse(bytes)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    const { code, pointer, message } = error
    throw new CliError('bad-input', `${file} cannot be used: ${message}`, { inner: code, pointer, cause: error })
  }
}
