import { decodeEntryBundle, entryBundlePath, tilePath, tileWidth } from '@comity/log'
import type { HealthResponse, PolicyResponse, StatusResponse } from '../api/log.ts'
import type { PeersResponse } from '../api/peers.ts'
import type { Transport } from './transport.ts'

/** The log as tiles (C2SP tlog-tiles), its keys, and what the node says of itself. */
export function logCalls(transport: Transport) {
  return {
    status: () => transport.json<StatusResponse>('api/v1/status'),
    /** The nodes it deals with and how they are doing; with an admin token, what is pinned of them too. */
    peers: () => transport.json<PeersResponse>('api/v1/peers'),
    policy: () => transport.json<PolicyResponse>('api/v1/policy'),
    /** The newest checkpoint, a signed note. Check its signature before you believe it. */
    checkpoint: () => transport.text('checkpoint'),
    /** Hashes of a tile, 32 bytes each. */
    tile: (level: number, index: number, width: number = tileWidth) => transport.bytes(tilePath(level, index, width)),
    /** The leaves of an entry bundle. Throws LogError where it is no bundle of this width. */
    entries: async (index: number, width: number = tileWidth) =>
      decodeEntryBundle(await transport.bytes(entryBundlePath(index, width)), width),
    /** COSE Key Set of the receipt keys, past ones too. */
    receiptKeys: () => transport.bytes('.well-known/scitt-keys'),
    /** One COSE_Key by its `kid` in unpadded base64url. */
    receiptKey: (kid: string) => transport.bytes(`.well-known/scitt-keys/${encodeURIComponent(kid)}`),
    securityTxt: () => transport.text('.well-known/security.txt'),
    ready: () => transport.json<HealthResponse>('health/ready'),
    metrics: () => transport.text('metrics'),
  }
}
