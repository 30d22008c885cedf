import { randomBytes, sha256 } from '@comity/crypto'
import { digestText } from '@comity/statement'
import type { KeyedEvent } from '../../../vault/desk.ts'
import { nodeKeyId } from '../../../vault/journal.ts'
import { trafficLeaf } from '../../inbox/commitment/traffic-leaf.ts'
import type { CaseMailed } from '../record/case-event.ts'

/** Something that goes to a party, and the statement that it will be known by. */
export interface Letter extends Pick<CaseMailed, 'to' | 'what' | 'record'> {
  readonly statement: Uint8Array
}

/** The events that put a letter into the outbox: with its leaf in the hourly commitment, as of any sealed message. */
export function mailed(key: string, { statement, ...mail }: Letter, at: number): readonly KeyedEvent[] {
  const salt = randomBytes(32)
  return [
    { keyId: key, event: { type: 'case-mail', ...mail, salt: Buffer.from(salt).toString('base64url'), at } },
    traffic(statement, 'sent', salt, at),
  ]
}

/** That a sealed statement came or went, as the hourly commitment covers it. */
export function traffic(
  statement: Uint8Array,
  direction: 'sent' | 'received',
  salt: Uint8Array,
  at: number,
): KeyedEvent {
  const message = digestText(sha256(statement)).slice('sha256:'.length)
  const leaf = trafficLeaf({ salt, message, direction, at })
  return { keyId: nodeKeyId, event: { type: 'traffic', leaf: Buffer.from(leaf).toString('hex') } }
}
