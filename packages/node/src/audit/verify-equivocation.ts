import { sha256, treeHasher, verify } from '@comity/crypto'
import {
  type Checkpoint,
  type EquivocationProof,
  LogError,
  type NoteVerifier,
  noteType,
  noteVerifier,
  parseCheckpoint,
  parseEquivocationProof,
  parseNote,
  parseVerifierKey,
  verifyEquivocation,
} from '@comity/log'
import type { KnownKeys } from './known-keys.ts'
import type { FileVerification, Verification } from './verification.ts'

/** Verifies a proof that a log signed two checkpoints that contradict each other. */
export function verifyEquivocationFile(
  bytes: Uint8Array,
  keys: KnownKeys,
  verification: Verification,
): FileVerification {
  try {
    const proof = parseEquivocationProof(bytes)
    describe(proof, verification)
    check(proof, keys, verification)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    const what = error.code.startsWith('signature')
      ? 'log-signature'
      : error.code === 'proof-invalid'
        ? 'equivocation'
        : 'form'
    verification.wrong(what, error.message, error.code)
  }
  return verification.result('equivocation')
}

function describe({ origin, keeper, first, second }: EquivocationProof, verification: Verification): void {
  const { about } = verification
  const [one, other] = [first, second].map((note) => parseCheckpoint(parseNote(note).text))
  about['log'] = origin
  about['keeper'] = keeper ?? ''
  about['first'] = shown(one)
  about['second'] = shown(other)
  verification.right('form', `two checkpoints of ${origin}`)
}

function check(proof: EquivocationProof, keys: KnownKeys, verification: Verification): void {
  const { origin } = proof
  const known = keys.logs(origin)
  const isKnown = [proof.first, proof.second].every((note) => isSignedBy(note, known))
  // Without a key of one's own the arithmetic can be checked, and not whose signatures they are.
  verifyEquivocation(treeHasher, proof, isKnown ? known : namedKeys(proof))
  verification.right('equivocation', `both are signed, and no append-only log has both: ${origin} contradicted itself`)
  if (isKnown) {
    verification.right('log-signature', `both signed under a key of ${origin}`)
    verification.restsOn(`${origin}: that the key is its own, and was in nobody else’s hands`)
    return
  }
  const advice = 'give its verifier key, or its keeper’s first party statement'
  verification.unchecked(
    'log-signature',
    `signed under the keys that the file names; no key of ${origin} is at hand: ${advice}`,
  )
}

function isSignedBy(note: string, keys: readonly NoteVerifier[]): boolean {
  return parseNote(note).signatures.some(({ name, keyId }) =>
    keys.some((key) => key.name === name && key.keyId === keyId),
  )
}

/** Only keys that can be a log's own. Throws LogError `malformed-key`. */
function namedKeys({ keys = [] }: EquivocationProof): readonly NoteVerifier[] {
  const read = keys.map((text) => parseVerifierKey(text, sha256)).filter(({ type }) => type === noteType.ed25519)
  return read.flatMap((key) => noteVerifier(key, { ed25519: verify }) ?? [])
}

function shown(checkpoint: Checkpoint | undefined): string {
  if (checkpoint === undefined) return ''
  return `${checkpoint.size} entries, root sha256:${Buffer.from(checkpoint.root).toString('hex')}`
}
