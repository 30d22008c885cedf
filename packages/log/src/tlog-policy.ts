import { fromUtf8, toHex, utf8 } from './bytes.ts'
import { parseDecimal } from './decimal.ts'
import { LogError } from './errors.ts'
import type { Sha256 } from './hasher.ts'
import { noteType, parseVerifierKey, readVerifierKey, type VerifierKey } from './note-key.ts'

/**
 * Trust policies (C2SP tlog-policy): which logs are known, and which witnesses together are enough.
 *
 *     # comment
 *     log <vkey> [<url>]
 *     witness X1 <vkey> [<url>]
 *     witness X2 <vkey>
 *     group X any X1 X2                 any = 1, all = n, or a number between
 *     quorum X                          exactly one; `none` demands no witness
 *
 * A name is used only after the line that defines it, so there are no cycles, and is a member of at
 * most one group, so no witness counts twice.
 */

/** The most bytes of a policy: hundreds of ML-DSA keys. */
export const maxPolicyBytes = 1 << 20

/** The most lines of one sort. The specification asks for at least 32. */
const maxOfEach = 256

/** A log whose checkpoints are accepted. The key's name is the log's origin. */
export interface PolicyLog {
  readonly key: VerifierKey
  readonly url?: string
}

/** A witness under the name that the policy gives it, which need not be the name of its key. */
export interface PolicyWitness {
  readonly name: string
  readonly key: VerifierKey
  readonly url?: string
}

/** Witnesses a checkpoint if at least `threshold` of its members do. */
export interface PolicyGroup {
  readonly name: string
  readonly threshold: number
  /** Names of witnesses and of groups defined before. */
  readonly members: readonly string[]
}

/** A policy. The arrays are in the order of the file; that order means nothing else. */
export interface TlogPolicy {
  readonly logs: readonly PolicyLog[]
  readonly witnesses: readonly PolicyWitness[]
  readonly groups: readonly PolicyGroup[]
  /** The name of a witness or group, or `none`. */
  readonly quorum: string
}

/**
 * Reads a policy.
 *
 * Stricter than the specification in one point: names, URLs and keys must be UTF-8 (comments need
 * not), so that two readers cannot see different names.
 *
 * @throws LogError `malformed-policy` with the line, `malformed-key`, `too-large`
 */
export function parseTlogPolicy(text: string | Uint8Array, sha256: Sha256): TlogPolicy {
  return readPolicy(text, (vkey) => parseVerifierKey(vkey, sha256))
}

/**
 * Refuses what `parseTlogPolicy` refuses but for one thing: key IDs, which take a hash function to compute, are not
 * compared. For whoever takes a policy in before anybody relies on it.
 *
 * @throws LogError as `parseTlogPolicy`
 */
export function checkTlogPolicy(text: string | Uint8Array): void {
  readPolicy(text, readVerifierKey)
}

function readPolicy(text: string | Uint8Array, readKey: (vkey: string) => VerifierKey): TlogPolicy {
  const bytes = typeof text === 'string' ? utf8(text) : text
  if (bytes.length > maxPolicyBytes) throw new LogError('too-large', `the policy has over ${maxPolicyBytes} bytes`)
  const reader = new PolicyReader(readKey)
  let start = 0
  for (let line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start)
    // A file cut short could lose a witness from its quorum without anybody noticing.
    if (end < 0) {
      throw new LogError('malformed-policy', `line ${line} does not end with a newline: was the file cut short?`)
    }
    reader.line(line, bytes.subarray(start, end))
    start = end + 1
  }
  return reader.finish()
}

/**
 * Whether these witnesses are enough.
 *
 * @param cosigned names, as the policy gives them, of the witnesses whose cosignatures were verified.
 */
export function policySatisfied(policy: TlogPolicy, cosigned: ReadonlySet<string>): boolean {
  if (policy.quorum === none) return true
  const satisfied = new Set<string>()
  for (const { name } of policy.witnesses) if (cosigned.has(name)) satisfied.add(name)
  // Members are defined before their group, so one pass in file order decides them all.
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => satisfied.has(member)).length >= threshold) satisfied.add(name)
  }
  return satisfied.has(policy.quorum)
}

/** The name that demands nothing. */
const none = 'none'

/** Collects the lines of one policy. */
class PolicyReader {
  readonly #readKey: (vkey: string) => VerifierKey
  readonly #logs: PolicyLog[] = []
  readonly #witnesses: PolicyWitness[] = []
  readonly #groups: PolicyGroup[] = []
  #quorum: string | undefined
  /** Every name defined so far, and whether a group has it as a member already. */
  readonly #names = new Map<string, boolean>()
  #line = 0

  constructor(readKey: (vkey: string) => VerifierKey) {
    this.#readKey = readKey
  }

  line(number: number, bytes: Uint8Array): void {
    this.#line = number
    for (const byte of bytes) {
      if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) throw this.#error('holds a control character')
    }
    const isComment = bytes.find((byte) => byte !== 0x20 && byte !== 0x09) === 0x23
    if (isComment) return
    const text = fromUtf8(bytes)
    if (text === undefined) throw this.#error('is not UTF-8')
    const [keyword, ...items] = text.split(/[ \t]+/).filter((item) => item !== '')
    if (keyword === 'log') this.#log(items)
    else if (keyword === 'witness') this.#witness(items)
    else if (keyword === 'group') this.#group(items)
    else if (keyword === 'quorum') this.#setQuorum(items)
    else if (keyword !== undefined) throw this.#error('must begin with log, witness, group, quorum or #')
  }

  finish(): TlogPolicy {
    if (this.#quorum === undefined) {
      throw new LogError('malformed-policy', 'the policy has no quorum line; "quorum none" demands no witness')
    }
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum: this.#quorum }
  }

  #log([vkey, url, ...rest]: readonly string[]): void {
    if (vkey === undefined || rest.length > 0) throw this.#error('must be: log <vkey> [<url>]')
    const key = this.#key(vkey)
    if (key.type === noteType.cosignature) throw this.#error('names a cosignature key (type 4) as a log')
    this.#requireNew(key, this.#logs)
    this.#logs.push(url === undefined ? { key } : { key, url })
  }

  #witness([name, vkey, url, ...rest]: readonly string[]): void {
    if (name === undefined || vkey === undefined || rest.length > 0) {
      throw this.#error('must be: witness <name> <vkey> [<url>]')
    }
    const key = this.#key(vkey)
    if (key.type === noteType.ed25519) {
      throw this.#error('names a note key (type 1) as a witness: cosignatures have type 4 or 6')
    }
    this.#requireNew(key, this.#witnesses)
    this.#define(name)
    this.#witnesses.push(url === undefined ? { name, key } : { name, key, url })
  }

  #group([name, count, ...members]: readonly string[]): void {
    if (name === undefined || count === undefined || members.length === 0) {
      throw this.#error('must be: group <name> all|any|<k> <name>...')
    }
    const threshold = count === 'all' ? members.length : count === 'any' ? 1 : parseDecimal(count)
    if (threshold === undefined || threshold < 1 || threshold > members.length) {
      throw this.#error(`must demand all, any, or a number from 1 to ${members.length}`)
    }
    for (const member of members) {
      const isMember = this.#names.get(member)
      if (isMember === undefined) throw this.#error(`names ${JSON.stringify(member)}, which no line before defines`)
      if (isMember) throw this.#error(`names ${JSON.stringify(member)}, which is a member already`)
      this.#names.set(member, true)
    }
    this.#define(name)
    this.#requireRoom(this.#groups)
    this.#groups.push({ name, threshold, members })
  }

  #setQuorum([name, ...rest]: readonly string[]): void {
    if (name === undefined || rest.length > 0) throw this.#error('must be: quorum <name>')
    if (this.#quorum !== undefined) throw this.#error('is a second quorum line')
    if (name !== none && !this.#names.has(name)) {
      throw this.#error(`names ${JSON.stringify(name)}, which no line before defines`)
    }
    this.#quorum = name
  }

  #define(name: string): void {
    if (name === none || this.#names.has(name)) throw this.#error(`defines ${JSON.stringify(name)} a second time`)
    this.#names.set(name, false)
  }

  #key(vkey: string): VerifierKey {
    try {
      return this.#readKey(vkey)
    } catch (error) {
      if (error instanceof LogError) {
        throw new LogError(error.code, `line ${this.#line} of the policy: ${error.message}`)
      }
      throw error
    }
  }

  /** One public key may not count twice, whatever names and types it is given. */
  #requireNew(key: VerifierKey, existing: readonly { readonly key: VerifierKey }[]): void {
    this.#requireRoom(existing)
    const hex = toHex(key.publicKey)
    if (existing.some((other) => toHex(other.key.publicKey) === hex)) {
      throw this.#error(`repeats the public key of ${key.name}`)
    }
  }

  #requireRoom(existing: readonly unknown[]): void {
    if (existing.length >= maxOfEach) {
      throw new LogError('too-large', `a policy with more than ${maxOfEach} lines of one sort`)
    }
  }

  #error(problem: string): LogError {
    return new LogError('malformed-policy', `line ${this.#line} of the policy ${problem}`)
  }
}
