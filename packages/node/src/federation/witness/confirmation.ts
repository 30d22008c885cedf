/** Which witnesses stand behind an entry, with what anybody can check that by. */
import type { ConfirmationResponse } from '@comity/contract'
import { LogError, cosignatureTime, formatTlogProof, formatVerifierKey, parseCheckpoint, parseNote } from '@comity/log'
import type { Ledger } from '../../pipeline/ledger.ts'
import type { Database } from '../../register/database.ts'
import { rangeOf } from '../../register/position.ts'
import { type CosignedHead, keyIdText, noteOf } from './cosigned-heads.ts'
import type { ClosedBatch } from './entry-times.ts'
import { timeWindow } from './entry-time.ts'
import type { WitnessState } from './witness-asker.ts'

/** Offline proofs given at most: each may have a line of 3 kB for every witness. */
const proofsGiven = 4

export interface ConfirmationParts {
  readonly ledger: Pick<Ledger, 'origin' | 'tree'>
  readonly reader: Database
  /** The largest first. */
  readonly heads: readonly CosignedHead[]
  readonly witnesses: readonly WitnessState[]
}

type Cosignature = ConfirmationResponse['cosignatures'][number]

/** What is known about who cosigned a checkpoint that covers the entry at `index`, whose batch that leaf closes. */
export function confirmationOf(
  index: number,
  batch: ClosedBatch,
  { ledger, reader, heads, witnesses }: ConfirmationParts,
): Pick<ConfirmationResponse, 'cosignatures' | 'witnesses' | 'proofs'> {
  const covering = heads.filter(({ size }) => size > index)
  const found = new Map<string, Cosignature>()
  for (const each of [...carried(reader, batch, ledger.origin), ...covering.toReversed().flatMap(cosignaturesOf)]) {
    const key = `${each.name} ${each.keyId}`
    if (!found.has(key) && each.size > index) found.set(key, each)
  }
  return {
    cosignatures: [...found.values()],
    witnesses: witnesses.map(({ origin, keys }) => ({
      origin,
      keys: keys.map(formatVerifierKey),
      cosigned: keys.some(({ name, keyId }) => found.has(`${name} ${keyIdText(keyId)}`)),
    })),
    proofs: covering
      .toSorted((a, b) => b.lines.length - a.lines.length)
      .slice(0, proofsGiven)
      .map((head) => {
        const proof = ledger.tree.inclusionProof(index, head.size)
        return formatTlogProof({ index, proof, checkpoint: noteOf(head) })
      }),
  }
}

function cosignaturesOf({ size, lines }: CosignedHead): Cosignature[] {
  return lines.map(({ signature, at }) => ({ name: signature.name, keyId: keyIdText(signature.keyId), at, size }))
}

/** Cosignatures in the time leaves after a batch, in their order. The node verified them before it carried them. */
function* carried(reader: Database, { position, at }: ClosedBatch, origin: string): Generator<Cosignature> {
  const rows = reader
    .prepare(
      'SELECT at, cosigned FROM batch WHERE position > ? AND position < ? AND cosigned IS NOT NULL ORDER BY position',
    )
    .iterate(position, rangeOf(0).to)
  for (const row of rows) {
    if (Number(row['at']) - at > timeWindow) return
    // The register wrote it, from a time leaf that was accepted.
    for (const note of JSON.parse(String(row['cosigned'])) as readonly string[]) yield* linesIn(note, origin)
  }
}

function linesIn(note: string, origin: string): readonly Cosignature[] {
  try {
    const { text, signatures } = parseNote(note)
    const { size } = parseCheckpoint(text)
    return signatures
      .filter(({ name }) => name !== origin)
      .map((line) => ({ name: line.name, keyId: keyIdText(line.keyId), at: cosignatureTime(line), size }))
  } catch (error) {
    if (error instanceof LogError) return []
    throw error
  }
}
