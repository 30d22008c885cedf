import { randomBytes } from '@comity/crypto'
import type { KeyedEvent } from '../../../vault/desk.ts'
import type { Partition } from '../../../vault/partition.ts'
import type { CaseParts } from '../case-parts.ts'

/** The key under which a case is written for a party, and the event that opens it there if it is new. */
export async function caseKey(
  { desk, reader }: Pick<CaseParts, 'desk' | 'reader'>,
  partition: Partition,
  urn: string,
  at: number,
): Promise<{ readonly key: string; readonly opening: readonly KeyedEvent[] }> {
  const known = reader.find(partition, urn)
  if (known !== undefined) return { key: known.key, opening: [] }
  const key = `private-case/${Buffer.from(randomBytes(16)).toString('hex')}`
  await desk.keyring.createKey(key)
  return { key, opening: [{ keyId: partition.keyId, event: { type: 'private-case', case: urn, key, at } }] }
}
