import {
  type Checkpoint,
  LogError,
  type Note,
  type NoteSignature,
  cosignatureTime,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  policySatisfied,
  verifyInclusion,
} from '@comity/log'
import { treeHasher } from '@comity/crypto'
import { StatementError, decodeStatement } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import type { KnownKeys, VerifyFileOptions } from './known-keys.ts'
import type { FileVerification, Verification } from './verification.ts'

/** Verifies a checkpoint, or a signed note about something else. The bytes were parsed as a note before. */
export function verifyNote(bytes: Uint8Array, keys: KnownKeys, verification: Verification): FileVerification {
  const note = parseNote(bytes)
  const checkpoint = readCheckpoint(note)
  if (checkpoint === undefined) {
    verification.right('form', 'a signed note, but not the checkpoint of a log')
    checkLogSignatures(note, undefined, keys, verification)
    return verification.result('note')
  }
  verification.right('form', `a checkpoint of ${checkpoint.origin}`)
  checkCheckpoint(note, checkpoint, keys, verification)
  return verification.result('checkpoint')
}

/** Verifies an offline proof (C2SP tlog-proof) that an entry is in a log. */
export function verifyProof(
  bytes: Uint8Array,
  keys: KnownKeys,
  { subject }: VerifyFileOptions,
  verification: Verification,
): FileVerification {
  try {
    const { index, proof, checkpoint: text } = parseTlogProof(bytes)
    const note = parseNote(text)
    const checkpoint = parseCheckpoint(note.text)
    verification.about['entry'] = `${index} of ${checkpoint.size}`
    verification.right('form', `a proof for entry ${index} of ${checkpoint.origin}`)
    if (subject === undefined) {
      verification.unchecked('inclusion', 'the entry that it is about is not at hand: give the statement')
    } else {
      const leafHash = treeHasher.leaf(leafOf(subject))
      verifyInclusion(treeHasher, { index, size: checkpoint.size, leafHash, root: checkpoint.root, proof })
      verification.right('inclusion', `the statement is entry ${index} under the root of the checkpoint`)
    }
    checkCheckpoint(note, checkpoint, keys, verification)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    verification.wrong(error.code === 'proof-invalid' ? 'inclusion' : 'form', error.message, error.code)
  }
  return verification.result('tlog-proof')
}

/** An entry is a statement as the log holds it; what is none is taken as the bytes of the entry. */
function leafOf(subject: Uint8Array): Uint8Array {
  try {
    return decodeStatement(subject, crypto).leaf
  } catch (error) {
    if (error instanceof StatementError) return subject
    throw error
  }
}

function readCheckpoint(note: Note): Checkpoint | undefined {
  try {
    return parseCheckpoint(note.text)
  } catch (error) {
    if (error instanceof LogError) return undefined
    throw error
  }
}

function checkCheckpoint(note: Note, checkpoint: Checkpoint, keys: KnownKeys, verification: Verification): void {
  const { about } = verification
  about['log'] = checkpoint.origin
  about['size'] = String(checkpoint.size)
  about['root'] = `sha256:${Buffer.from(checkpoint.root).toString('hex')}`
  checkLogSignatures(note, checkpoint.origin, keys, verification)
  checkWitnesses(note, keys, verification)
  verification.beyond(
    'one-log',
    `that ${checkpoint.origin} shows everybody this same tree: compare it with the log, or with what its witnesses hold`,
  )
}

function checkLogSignatures(note: Note, name: string | undefined, keys: KnownKeys, verification: Verification): void {
  const bytes = Buffer.from(note.text)
  let isKnown = false
  for (const signature of note.signatures) {
    if (name !== undefined && signature.name !== name) continue
    const verifier = keys.logs(signature.name).find((each) => each.keyId === signature.keyId)
    if (verifier === undefined) continue
    isKnown = true
    if (verifier.verify(bytes, signature.signature)) {
      verification.right('log-signature', `signed under a key of ${signature.name}`)
      verification.restsOn(`${signature.name}: that the key is its own`)
    } else
      verification.wrong(
        'log-signature',
        `the signature of ${signature.name} does not cover this text`,
        'signature-invalid',
      )
  }
  if (isKnown) return
  const signers = [...new Set(note.signatures.map((each) => each.name))].join(', ')
  verification.unchecked(
    'log-signature',
    `no key of ${name ?? signers} that signed it is at hand: give its verifier key, or its keeper's first party statement`,
  )
}

function checkWitnesses(note: Note, keys: KnownKeys, verification: Verification): void {
  const { policy } = keys
  if (policy === undefined) return
  const bytes = Buffer.from(note.text)
  const cosigned = new Set<string>()
  for (const { name, verifier } of keys.witnesses()) {
    const signature = note.signatures.find((each) => each.name === verifier.name && each.keyId === verifier.keyId)
    if (signature === undefined) continue
    if (verifier.verify(bytes, signature.signature)) {
      cosigned.add(name)
      verification.right('cosignature', `cosigned by ${name}${timeOf(signature)}`)
    } else verification.wrong('cosignature', `the cosignature of ${name} does not cover this text`, 'signature-invalid')
  }
  if (policySatisfied(policy, cosigned)) {
    verification.right('quorum', `your trust policy is met: ${policy.quorum}`)
    if (cosigned.size > 0)
      verification.restsOn(`the witnesses ${[...cosigned].join(', ')}: that they cosign one tree only`)
  } else
    verification.wrong(
      'quorum',
      `your trust policy demands ${policy.quorum}; cosigned: ${[...cosigned].join(', ') || 'by none'}`,
      'quorum-not-met',
    )
}

function timeOf(signature: NoteSignature): string {
  try {
    return ` at ${new Date(cosignatureTime(signature) * 1000).toISOString().replace('.000', '')}`
  } catch (error) {
    // Witness keys of other types carry no time that this release reads.
    if (error instanceof LogError || error instanceof RangeError) return ''
    throw error
  }
}
