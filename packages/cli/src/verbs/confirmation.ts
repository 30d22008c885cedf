/** `comity receipt --confirm`: which witnesses stand behind a statement, and a proof of that which needs nobody. */
import type { Client, ConfirmationResponse } from '@comity/contract'
import { sha256, treeHasher } from '@comity/crypto'
import {
  LogError,
  type NoteSignature,
  type NoteVerifier,
  type TlogPolicy,
  type VerifierKey,
  cosignatureTime,
  noteVerifier,
  parseTlogPolicy,
  parseVerifierKey,
  policySatisfied,
  verifyTlogProof,
} from '@comity/log'
import { setTimeout } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import { noteAlgorithms } from '../crypto-port.ts'
import { short } from '../names.ts'
import type { Session } from '../session.ts'
import { dateText } from '../terminal/text.ts'

export interface ConfirmOptions {
  readonly confirm?: boolean
  readonly policy?: string
  readonly wait?: string
}

/** Somebody who may have cosigned: by the name that a policy gives, or by the origin of a witness's own log. */
interface Expected {
  readonly name: string
  readonly keys: readonly VerifierKey[]
}

/** When somebody cosigned, in whole seconds since the epoch. */
interface Cosigned {
  readonly name: string
  readonly at: number
}

/** What is known about who confirms a statement. */
export interface Confirmation {
  /** C2SP tlog-proof with the cosignatures; undefined where nobody has cosigned anything yet. */
  readonly proof: string | undefined
  /** Entries under the checkpoint of the proof. */
  readonly size: number
  readonly cosigned: readonly Cosigned[]
  readonly missing: readonly string[]
  /** Whether the policy is met: that of `--policy`, or that all witnesses of the node have cosigned. */
  readonly isMet: boolean
  readonly time: ConfirmationResponse['time']
}

/** How often a node is asked again, in milliseconds. */
const pollMilliseconds = 1000

/** Throws CliError `usage` for options that do not go together. */
export function checkConfirmOptions({ confirm, policy, wait }: ConfirmOptions): void {
  if (confirm !== true && (policy !== undefined || wait !== undefined)) {
    throw new CliError('usage', `--${policy === undefined ? 'wait' : 'policy'} goes with --confirm`)
  }
  if (wait !== undefined && !/^[0-9]{1,5}$/.test(wait)) {
    throw new CliError('usage', `--wait "${wait}" is no number of seconds`)
  }
}

/**
 * Asks the node for cosignatures of a checkpoint that covers the statement, until the policy is met or the time is over.
 * Everything is verified here: inclusion, the log's signature, and each cosignature.
 */
export async function confirmationOf(
  session: Session,
  client: Client,
  { leaf, id, options }: { readonly leaf: Uint8Array; readonly id: string; readonly options: ConfirmOptions },
): Promise<Confirmation> {
  const policy = options.policy === undefined ? undefined : await readPolicy(session, options.policy)
  const logKeys = await logKeysOf(client, policy)
  const until = Date.now() + Number(options.wait ?? 0) * 1000
  for (;;) {
    const answer = await client.confirmation(id)
    const found = bestOf(answer, { leaf, policy, logKeys })
    if (found.isMet || Date.now() >= until) return found
    session.progress.update(`Waiting for ${found.missing.map(short).join(', ')}`)
    await setTimeout(pollMilliseconds)
  }
}

/** Rows for people: who has cosigned, who has not, whether that is enough, and what the time rests on. */
export function confirmationRows(
  confirmation: Confirmation,
  policy: string | undefined,
): (readonly [string, string])[] {
  const { cosigned, missing, isMet, time } = confirmation
  const has = cosigned.map(({ name, at }) => `${short(name)}, ${dateText(at)}`)
  const nobody = missing.length === 0 ? 'by nobody: this node asks no witness' : 'by nobody so far'
  return [
    ['cosigned', has.length === 0 ? nobody : has.join('\n')],
    ...(missing.length === 0 ? [] : [['missing', missing.map(short).join('\n')] as const]),
    ...(policy === undefined ? [] : [['policy', `${isMet ? 'met' : 'not met'}: ${policy}`] as const]),
    ['its time', timeText(time)],
  ]
}

function timeText({ basis, notAfter }: Confirmation['time']): string {
  if (basis === 'claimed') return "claimed: the keeper's word alone so far"
  if (basis === 'contested') return 'contested: it lies outside what witnesses say'
  return `confirmed: witnesses had seen it by ${notAfter === undefined ? 'then' : dateText(notAfter)}`
}

interface Known {
  readonly leaf: Uint8Array
  readonly policy: TlogPolicy | undefined
  readonly logKeys: readonly VerifierKey[]
}

/** The proof that meets the policy, else the one with most cosignatures that count. */
function bestOf(answer: ConfirmationResponse, known: Known): Confirmation {
  const expected = expectedIn(answer, known.policy)
  const verified = answer.proofs.map((proof) => verifiedProof(proof, answer, expected, known))
  const [best] = verified.toSorted(
    (a, b) => Number(b.isMet) - Number(a.isMet) || b.cosigned.length - a.cosigned.length || b.size - a.size,
  )
  if (best !== undefined) return best
  const isMet = known.policy === undefined ? expected.length === 0 : policySatisfied(known.policy, new Set())
  return {
    proof: undefined,
    size: 0,
    cosigned: [],
    missing: expected.map(({ name }) => name),
    isMet,
    time: answer.time,
  }
}

function verifiedProof(
  proof: string,
  { origin, index, time }: ConfirmationResponse,
  expected: readonly Expected[],
  { leaf, policy, logKeys }: Known,
): Confirmation {
  try {
    const { opened, index: proven } = verifyTlogProof(treeHasher, proof, {
      leafHash: treeHasher.leaf(leaf),
      origin,
      logKeys: logKeys.flatMap(verifierOf),
      witnesses: expected.flatMap(({ keys }) => keys.flatMap(verifierOf)),
    })
    if (proven !== index) throw new LogError('proof-invalid', `it proves entry ${proven}, not ${index}`)
    const cosigned = expected.flatMap((each) => cosignedBy(each, opened.cosigned))
    const names = new Set(cosigned.map(({ name }) => name))
    const missing = expected.filter(({ name }) => !names.has(name)).map(({ name }) => name)
    const isMet = policy === undefined ? missing.length === 0 : policySatisfied(policy, names)
    return { proof, size: opened.checkpoint.size, cosigned, missing, isMet, time }
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new CliError('refused', `the node gave a proof that does not hold: ${error.message}`, {
      inner: error.code,
      cause: error,
    })
  }
}

/** Whose cosignatures are looked for: the witnesses of the policy, else those that the node asks. */
function expectedIn({ witnesses }: ConfirmationResponse, policy: TlogPolicy | undefined): readonly Expected[] {
  if (policy !== undefined) return policy.witnesses.map(({ name, key }) => ({ name, keys: [key] }))
  return witnesses.map(({ origin, keys }) => ({ name: origin, keys: keys.flatMap(keyOf) }))
}

/** The earliest of the lines with its keys. */
function cosignedBy({ name, keys }: Expected, lines: readonly NoteSignature[]): readonly Cosigned[] {
  const times = lines
    .filter((line) => keys.some((key) => key.name === line.name && key.keyId === line.keyId))
    .map(cosignatureTime)
  return times.length === 0 ? [] : [{ name, at: Math.min(...times) }]
}

/** A policy that names logs says with which keys they sign; else it is what the node says of its keeper's. */
async function logKeysOf(client: Client, policy: TlogPolicy | undefined): Promise<readonly VerifierKey[]> {
  const { origin, verifierKeys } = await client.status()
  const listed = (policy?.logs ?? []).map(({ key }) => key)
  if (listed.length === 0) return verifierKeys.flatMap(keyOf)
  const own = listed.filter(({ name }) => name === origin)
  if (own.length > 0) return own
  throw new CliError('bad-input', `the policy lists logs, and ${origin} is none of them: add its log line`)
}

async function readPolicy(session: Session, file: string): Promise<TlogPolicy> {
  try {
    return parseTlogPolicy(await session.input(file, 'the trust policy'), sha256)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new CliError('bad-input', `${file} is no trust policy: ${error.message}`, { inner: error.code, cause: error })
  }
}

function verifierOf(key: VerifierKey): readonly NoteVerifier[] {
  const verifier = noteVerifier(key, noteAlgorithms)
  return verifier === undefined ? [] : [verifier]
}

/** Keys of a kind that this version does not know count as not there. */
function keyOf(text: string): readonly VerifierKey[] {
  try {
    return [parseVerifierKey(text, sha256)]
  } catch (error) {
    if (error instanceof LogError) return []
    throw error
  }
}
