import { sha256, sha256Hex, verify, verifyAsync } from '@comity/crypto'
import type { StatementCrypto } from '@comity/statement'

/** Node's own cryptography, in the shape that the browser-safe rooms take. */
export const crypto: StatementCrypto = { sha256, sha256Hex, verify, verifyAsync }
