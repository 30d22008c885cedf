/**
 * Whom the relier trusts to have built at which level: data of whoever verifies, never of this project. SLSA has the
 * pair of signer and builder decide (slsa.dev/spec/v1.2, verifying artifacts, step 1), for a builder's name alone is
 * what anybody can write.
 *
 *     { "builders": [ { "builder": "https://ci.example/hosted", "level": 3,
 *                       "signer": { "issuer": "https://id.example", "subject": "https://ci.example/acme/*" } } ],
 *       "verifiers": [ { "verifier": "https://check.example", "signer": { "key": "<64 hexadecimal digits>" } } ] }
 *
 * A name that ends in `*` stands for all that begin like it.
 */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { parseStrictJson } from '../json/strict-json.ts'
import { jsonPointer } from '../problem.ts'
import type { Signer } from './signer.ts'

export type TrustedSigner =
  | { readonly issuer: string; readonly subject: string }
  | { /** Thumbprint (RFC 9679). */ readonly key: string }

export interface TrustedBuilder {
  readonly builder: string
  readonly level: 1 | 2 | 3
  readonly signer: TrustedSigner
}

/** Whose verification summaries count. */
export interface TrustedVerifier {
  readonly verifier: string
  readonly signer: TrustedSigner
}

export interface Builders {
  readonly builders: readonly TrustedBuilder[]
  readonly verifiers: readonly TrustedVerifier[]
}

const bounds = { bytes: 1024 * 1024, depth: 8, values: 20_000 }
const mostEntries = 1_000

/** Reads the relier's list. Throws `ExposureError` `bad-builders` with the place, and what `parseStrictJson` throws. */
export function parseBuilders(bytes: Uint8Array): Builders {
  const json = parseStrictJson(bytes, bounds, 'a list of trusted builders')
  const list = membersOf(json, '', ['builders', 'verifiers'])
  return {
    builders: entriesOf(list['builders'], '/builders').map(({ value, pointer }) => {
      const entry = membersOf(value, pointer, ['builder', 'level', 'signer'])
      return {
        builder: nameOf(entry['builder'], `${pointer}/builder`),
        level: levelOf(entry['level'], `${pointer}/level`),
        signer: signerOf(entry['signer'], `${pointer}/signer`),
      }
    }),
    verifiers: entriesOf(list['verifiers'], '/verifiers').map(({ value, pointer }) => {
      const entry = membersOf(value, pointer, ['verifier', 'signer'])
      return {
        verifier: nameOf(entry['verifier'], `${pointer}/verifier`),
        signer: signerOf(entry['signer'], `${pointer}/signer`),
      }
    }),
  }
}

/** The highest level up to which this builder is trusted when this signer speaks for it; 0 where nothing says so. */
export function trustedLevel({ builders }: Builders, builder: string, signer: Signer): number {
  const trusted = builders.filter((each) => isMeant(each.builder, builder) && isSigner(each.signer, signer))
  return Math.max(0, ...trusted.map(({ level }) => level))
}

/** Whether summaries of this verifier count when this signer speaks for it. */
export function isTrustedVerifier({ verifiers }: Builders, verifier: string, signer: Signer): boolean {
  return verifiers.some((each) => isMeant(each.verifier, verifier) && isSigner(each.signer, signer))
}

function isSigner(trusted: TrustedSigner, signer: Signer): boolean {
  if ('key' in trusted) return signer.kind === 'key' && signer.kid === trusted.key
  return signer.kind === 'certificate' && signer.issuer === trusted.issuer && isMeant(trusted.subject, signer.subject)
}

function isMeant(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function membersOf(json: unknown, pointer: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isObject(json)) throw bad(pointer, `an object with ${known.map((name) => `"${name}"`).join(', ')} was expected`)
  const other = Object.keys(json).find((name) => !known.includes(name))
  if (other === undefined) return json
  throw bad(pointer + jsonPointer(other.slice(0, 80)), `this member means nothing; known are ${known.join(', ')}`)
}

function entriesOf(json: unknown, pointer: string): readonly { readonly value: unknown; readonly pointer: string }[] {
  if (json === undefined) return []
  if (!Array.isArray(json) || json.length > mostEntries) throw bad(pointer, `a list of at most ${mostEntries} entries`)
  return json.map((value: unknown, i) => ({ value, pointer: `${pointer}/${i}` }))
}

/** A whole name, or the beginning of one; a beginning that would be anybody's is refused. */
function nameOf(json: unknown, pointer: string): string {
  if (typeof json !== 'string' || json === '' || json.length > 2048) {
    throw bad(pointer, 'a text of 1 to 2048 characters')
  }
  const star = json.indexOf('*')
  if (star < 0) return json
  if (star < json.length - 1) throw bad(pointer, '"*" may stand at the end alone')
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/*]+\//.test(json)) return json
  throw bad(pointer, 'before "*" stand at least a scheme, a host and "/", or the name would be anybody’s')
}

function levelOf(json: unknown, pointer: string): 1 | 2 | 3 {
  if (json === 1 || json === 2 || json === 3) return json
  throw bad(pointer, 'a level of the build track: 1, 2 or 3')
}

function signerOf(json: unknown, pointer: string): TrustedSigner {
  if (isObject(json) && Object.hasOwn(json, 'key')) {
    const { key } = membersOf(json, pointer, ['key'])
    if (typeof key === 'string' && /^[0-9a-f]{64}$/.test(key)) return { key }
    throw bad(`${pointer}/key`, 'the thumbprint of a key (RFC 9679), 64 lowercase hexadecimal digits')
  }
  const { issuer, subject } = membersOf(json, pointer, ['issuer', 'subject'])
  if (typeof issuer !== 'string' || issuer === '' || issuer.length > 2048) {
    throw bad(`${pointer}/issuer`, 'who vouched for the signer, a text of 1 to 2048 characters, or "key" in its place')
  }
  return { issuer, subject: nameOf(subject, `${pointer}/subject`) }
}

function bad(pointer: string, message: string): ExposureError {
  return new ExposureError('bad-builders', `the list of trusted builders: ${message}`, pointer)
}
