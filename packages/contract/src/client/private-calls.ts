import type { BackupBody, BackupResponse, IssueTokenBody, IssueTokenResponse, TokensResponse } from '../api/admin.ts'
import type { PublishFindingsResponse } from '../api/findings.ts'
import type {
  AddInventoryResponse,
  InventoriesResponse,
  MatchesQuery,
  MatchesResponse,
  MatchResponse,
  UnreadAdvisoriesResponse,
} from '../api/vault.ts'
import { mediaType } from '../media-types.ts'
import type { Transport } from './transport.ts'

/** For holders of an admin token. */
export function adminCalls(transport: Transport) {
  return {
    publishFindings: () => transport.json<PublishFindingsResponse>('api/v1/findings', { method: 'POST' }),
    backup: (body: BackupBody) => transport.json<BackupResponse>('api/v1/admin/backup', json(body)),
    issueToken: (body: IssueTokenBody) => transport.json<IssueTokenResponse>('api/v1/tokens', json(body)),
    tokens: () => transport.json<TokensResponse>('api/v1/tokens'),
    revokeToken: async (id: string) => {
      await transport.send(`api/v1/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
  }
}

/** For holders of a token of a hosted party: its partition of the vault. */
export function vaultCalls(transport: Transport) {
  return {
    /** Keeps an SBOM as inventory; what could not be used of it is listed in the answer. */
    addInventory: (name: string, sbom: Uint8Array<ArrayBuffer> | string) =>
      transport.json<AddInventoryResponse>('api/v1/vault/inventories', {
        method: 'POST',
        query: { name },
        body: sbom,
        contentType: mediaType.cyclonedx,
      }),
    inventories: () => transport.json<InventoriesResponse>('api/v1/vault/inventories'),
    inventory: (id: string) => transport.bytes(`api/v1/vault/inventories/${encodeURIComponent(id)}`),
    removeInventory: async (id: string) => {
      await transport.send(`api/v1/vault/inventories/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
    matches: (query: MatchesQuery = {}) => transport.json<MatchesResponse>('api/v1/vault/matches', { query }),
    match: (id: string) => transport.json<MatchResponse>(`api/v1/vault/matches/${encodeURIComponent(id)}`),
    unreadAdvisories: () => transport.json<UnreadAdvisoriesResponse>('api/v1/vault/advisories'),
  }
}

function json(body: object) {
  return { method: 'POST', body: JSON.stringify(body), contentType: mediaType.json }
}
