/** OpenSSL's advisories list versions: `3.0.1, 1.0.2ck`. https://openssl-library.org/news/vulnerabilities/ */
import type { VersRange } from '../vers-range.ts'
import { rangeOfSets } from './range-of-sets.ts'

export function fromOpenSslRange(native: string): VersRange {
  const sets = native.split(',').map((version) => [{ comparator: '=', version: version.trim() }] as const)
  return rangeOfSets('openssl', sets, native)
}
