/** Where a provider has its metadata, in the order of CSAF 2.0, section 7.3: well-known, `security.txt`, DNS. */
import { isIP } from 'node:net'
import type { Asker } from '../../sources/ask.ts'
import type { AboutProvider } from '../../sources/source-record.ts'
import type { SourceFault } from '../../sources/source.ts'
import { faultFor } from './json-members.ts'
import { type ReadMetadata, readMetadata } from './read-metadata.ts'

/** Octets of metadata, and of a `security.txt`. */
const largestMetadata = 1024 * 1024
const largestText = 256 * 1024

/** `CSAF:` lines of a `security.txt` that are tried. */
const linesTried = 8

export interface Discovered {
  readonly url: string
  readonly foundBy: AboutProvider['foundBy']
  readonly metadata: ReadMetadata
}

/** The metadata of a provider by its domain, or by the address of the metadata itself. Else why there are none. */
export async function discover(asker: Asker, address: string): Promise<Discovered | readonly SourceFault[]> {
  const faults: SourceFault[] = []
  for await (const { url, foundBy } of candidates(asker, address, faults)) {
    const answer = await asker.ask(url, { maxBytes: largestMetadata })
    if (answer.kind === 'unchanged') continue
    if (answer.kind !== 'got') {
      faults.push(answer.fault)
      continue
    }
    const metadata = readMetadata(answer.bytes, url)
    if (!('test' in metadata)) return { url, foundBy, metadata }
    faults.push(metadata)
  }
  return faults
}

async function* candidates(
  asker: Asker,
  address: string,
  faults: SourceFault[],
): AsyncGenerator<Pick<Discovered, 'url' | 'foundBy'>> {
  if (URL.parse(address)?.pathname.endsWith('.json') === true) {
    yield { url: address, foundBy: 'address' }
    return
  }
  const base = address.replace(/\/+$/, '')
  yield { url: `${base}/.well-known/csaf/provider-metadata.json`, foundBy: 'well-known' }
  for (const path of ['.well-known/security.txt', 'security.txt']) {
    const named = await namedIn(asker, `${base}/${path}`, faults)
    for (const url of named) yield { url, foundBy: 'security.txt' }
    if (named.length > 0) break
  }
  const host = URL.parse(address)
  if (
    host !== null &&
    host.protocol === 'https:' &&
    host.port === '' &&
    isIP(host.hostname.replace(/^\[|\]$/g, '')) === 0
  )
    yield { url: `https://csaf.data.security.${host.hostname}`, foundBy: 'dns' }
}

/** What `CSAF:` lines of a `security.txt` name (RFC 9116; CSAF 2.0, requirement 8): `https` alone. */
async function namedIn(asker: Asker, url: string, faults: SourceFault[]): Promise<readonly string[]> {
  const answer = await asker.ask(url, { maxBytes: largestText })
  if (answer.kind !== 'got') {
    if (answer.kind !== 'unchanged') faults.push(answer.fault)
    return []
  }
  const named = [...new TextDecoder().decode(answer.bytes).matchAll(/^CSAF:[ \t]*(\S{1,2000})[ \t]*\r?$/gim)]
    .map(([, address = '']) => address)
    .filter((address) => /^https?:\/\//.test(address))
    .slice(0, linesTried)
  if (named.length === 0) faults.push(faultFor('security.txt', '', `${url} has no CSAF line`))
  return named
}
