/**
 * What a node commits to for one sealed message that it sent or received. The salt keeps whoever guesses the message from
 * finding it in the tree.
 *
 *     "comity sealed traffic 1\n" || 32 bytes salt || 32 bytes SHA-256 of the signed message || u8 direction || u64 at
 */
import { treeHasher } from '@comity/crypto'

const prefix = Buffer.from('comity sealed traffic 1\n')

/** 1: the node sent it, 2: it received it. */
const directions = { sent: 1, received: 2 } as const
export type Direction = keyof typeof directions

export interface Traffic {
  /** 32 random bytes. */
  readonly salt: Uint8Array
  /** SHA-256 of the message as it was signed, 64 hex digits. */
  readonly message: string
  readonly direction: Direction
  /** Whole seconds since the epoch. */
  readonly at: number
}

/** The leaf hash (RFC 9162 §2.1.1) of one message. */
export function trafficLeaf({ salt, message, direction, at }: Traffic): Uint8Array {
  const tail = Buffer.alloc(9)
  tail[0] = directions[direction]
  tail.writeBigUInt64BE(BigInt(at), 1)
  return treeHasher.leaf(Buffer.concat([prefix, salt, Buffer.from(message, 'hex'), tail]))
}
