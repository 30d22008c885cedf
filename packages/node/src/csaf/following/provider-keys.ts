import type { Asker } from '../../sources/ask.ts'
import type { AboutProvider } from '../../sources/source-record.ts'
import type { SourceFault } from '../../sources/source.ts'
import type { ListedKey } from '../key-book.ts'
import { readPublicKey } from '../open-pgp.ts'
import { faultFor } from './json-members.ts'
import type { ReadMetadata } from './read-metadata.ts'

const largestKey = 1024 * 1024

export interface ProviderKeys {
  readonly keys: readonly ListedKey[]
  readonly problems: readonly SourceFault[]
  /** A key could not be fetched just now: what it signed cannot be told from what another did. */
  readonly isPartial: boolean
}

/**
 * The public keys that a provider lists, each under the fingerprint that it is listed under (requirement 20); with `pinned`
 * those alone. One that was fetched before is not fetched again: a fingerprint names its key.
 */
export async function providerKeys(
  asker: Asker,
  { keys: listed }: Pick<ReadMetadata, 'keys'>,
  { pinned, known, at }: { pinned: readonly string[]; known: AboutProvider | undefined; at: number },
): Promise<ProviderKeys> {
  const keys: ListedKey[] = []
  const problems: SourceFault[] = []
  let isPartial = false
  for (const { fingerprint, url } of listed) {
    if (keys.some((key) => key.fingerprint === fingerprint)) continue
    if (pinned.length > 0 && !pinned.includes(fingerprint)) {
      const message = `the provider lists the key ${fingerprint}, which is none of those that you named`
      problems.push(faultFor('key', '', message, 'ask the provider, and name it with --key'))
      continue
    }
    const before = known?.keys.find((key) => key.fingerprint === fingerprint)
    if (before !== undefined) {
      keys.push(before)
      continue
    }
    const answer = await asker.ask(url, { maxBytes: largestKey })
    if (answer.kind !== 'got') {
      if (answer.kind === 'failed') isPartial = true
      if (answer.kind !== 'unchanged') problems.push({ ...answer.fault, test: 'key' })
      continue
    }
    const read = await readPublicKey(answer.bytes)
    if (read?.fingerprint === fingerprint) keys.push({ ...read, at })
    else {
      const is = read === undefined ? 'no OpenPGP public key' : `the key ${read.fingerprint}`
      problems.push(faultFor('key', '', `${url} is listed as ${fingerprint}, and is ${is}`))
    }
  }
  return { keys, problems, isPartial }
}
