import { openCheckpoint, type OpenedCheckpoint } from './checkpoint.ts'
import { cosignatureVerifier } from './cosignature.ts'
import { ed25519Verifier, type Verify } from './ed25519-note.ts'
import { LogError } from './errors.ts'
import { mlDsaCosignatureVerifier, type VerifyMlDsa } from './subtree-cosignature.ts'
import { noteType, type VerifierKey } from './note-key.ts'
import type { NoteSignature, NoteVerifier } from './note.ts'
import { policySatisfied, type TlogPolicy } from './tlog-policy.ts'

/** The signature algorithms at hand. Keys of types that cannot be checked count as not there. */
export interface Algorithms {
  readonly ed25519: Verify
  readonly mlDsa44?: VerifyMlDsa
}

/** A checkpoint that a policy accepts, and the policy's names of the witnesses that cosigned it. */
export interface ConfirmedCheckpoint extends OpenedCheckpoint {
  readonly witnesses: ReadonlySet<string>
}

/**
 * A verifier for a key of any known type; undefined if its algorithm is not at hand.
 */
export function noteVerifier(key: VerifierKey, algorithms: Algorithms): NoteVerifier | undefined {
  if (key.type === noteType.ed25519) return ed25519Verifier(key, algorithms.ed25519)
  if (key.type === noteType.cosignature) return cosignatureVerifier(key, algorithms.ed25519)
  return algorithms.mlDsa44 === undefined ? undefined : mlDsaCosignatureVerifier(key, algorithms.mlDsa44)
}

/** Verifiers for the witnesses of a policy whose algorithm is at hand. */
export function witnessVerifiers(policy: TlogPolicy, algorithms: Algorithms): NoteVerifier[] {
  return verifiers(policy.witnesses, algorithms)
}

/**
 * Opens a checkpoint under a policy: signed by a listed log under its own origin, and cosigned as
 * the quorum demands.
 *
 * @param logKeys further keys of this origin, for policies that list no logs.
 * @throws LogError `quorum-not-met`, or as `openCheckpoint`.
 */
export function confirmCheckpoint(
  note: string | Uint8Array,
  origin: string,
  policy: TlogPolicy,
  algorithms: Algorithms,
  logKeys: readonly NoteVerifier[] = [],
): ConfirmedCheckpoint {
  const listed = policy.logs.filter(({ key }) => key.name === origin)
  const logs = [...verifiers(listed, algorithms), ...logKeys]
  const opened = openCheckpoint(note, origin, logs, witnessVerifiers(policy, algorithms))
  const witnesses = requireQuorum(opened.cosigned, policy)
  return { ...opened, witnesses }
}

/**
 * The policy's names of the witnesses behind verified cosignatures.
 *
 * @param cosigned lines that were verified with the keys of this policy (`OpenedCheckpoint.cosigned`).
 * @throws LogError `quorum-not-met` if they are not enough.
 */
export function requireQuorum(cosigned: readonly NoteSignature[], policy: TlogPolicy): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { name, key } of policy.witnesses) {
    if (cosigned.some((signature) => signature.name === key.name && signature.keyId === key.keyId)) names.add(name)
  }
  if (!policySatisfied(policy, names)) {
    const seen = names.size === 0 ? 'none' : [...names].join(', ')
    throw new LogError('quorum-not-met', `the quorum ${policy.quorum} is not met: valid cosignatures of ${seen}`)
  }
  return names
}

function verifiers(entries: readonly { readonly key: VerifierKey }[], algorithms: Algorithms): NoteVerifier[] {
  return entries.map(({ key }) => noteVerifier(key, algorithms)).filter((verifier) => verifier !== undefined)
}
