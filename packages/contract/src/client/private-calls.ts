import type {
  BackupBody,
  BackupResponse,
  FinishedBackup,
  IssueTokenBody,
  IssueTokenResponse,
  TokensResponse,
} from '../api/admin.ts'
import type { AdvisoryStatusResponse } from '../api/advisory-status.ts'
import type {
  AlertsQuery,
  AlertsResponse,
  SubscribeBody,
  SubscribeResponse,
  SubscriptionsResponse,
  TestSubscriptionResponse,
} from '../api/alerts.ts'
import type { CsafKeyResponse } from '../api/csaf.ts'
import type { PublishFindingsResponse } from '../api/findings.ts'
import type { AddPeerBody, AddPeerResponse } from '../api/peers.ts'
import type {
  AddSourceBody,
  AddSourceResponse,
  SourceRefusalsQuery,
  SourceRefusalsResponse,
  SourcesResponse,
  SourceSummary,
} from '../api/sources.ts'
import type {
  AddInventoryResponse,
  BelievedSupplier,
  BelieveSupplierBody,
  InventoriesResponse,
  MatchesQuery,
  MatchesResponse,
  MatchResponse,
  SuppliersResponse,
  UnreadAdvisoriesResponse,
} from '../api/vault.ts'
import { mediaType } from '../media-types.ts'
import { ClientError, errorOfProblem, type Transport } from './transport.ts'

/** How often a node is asked how far its backup has come, in milliseconds. */
const backupPoll = 500

/** For holders of an admin token. */
export function adminCalls(transport: Transport) {
  return {
    publishFindings: () => transport.json<PublishFindingsResponse>('api/v1/findings', { method: 'POST' }),
    /** Resolves when the copy is whole and verified; `onProgress` hears how many bytes of how many are done. */
    backup: async (
      body: BackupBody,
      onProgress?: (step: BackupResponse['step'], done: number, total: number) => void,
    ): Promise<FinishedBackup> => {
      let now = await transport.json<BackupResponse>('api/v1/admin/backup', json(body))
      while (now.state === 'running') {
        onProgress?.(now.step, now.done, now.total)
        await new Promise((resolve) => setTimeout(resolve, backupPoll))
        now = await transport.json<BackupResponse>('api/v1/admin/backup')
      }
      if (now.problem !== undefined) throw errorOfProblem(now.problem)
      if (now.finished === undefined) throw new ClientError('unexpected-response', 'the backup ended without a result')
      return now.finished
    },
    /** Signs CSAF documents with a new OpenPGP key from now on; the one before stays listed. */
    rotateCsafKey: () => transport.json<CsafKeyResponse>('api/v1/admin/csaf-key', { method: 'POST' }),
    /** Meets a node and makes it a peer, or changes the peer that it is; with `look` only meets it. */
    addPeer: (body: AddPeerBody) => transport.json<AddPeerResponse>('api/v1/peers', json(body)),
    /** By the origin of its log, or its address. */
    removePeer: async (peer: string) => {
      await transport.send(`api/v1/peers/${encodeURIComponent(peer)}`, { method: 'DELETE' })
    },
    /** Follows a source of documents, or changes one. */
    addSource: (body: AddSourceBody) => transport.json<AddSourceResponse>('api/v1/sources', json(body)),
    sources: () => transport.json<SourcesResponse>('api/v1/sources'),
    source: (name: string) => transport.json<SourceSummary>(`api/v1/sources/${encodeURIComponent(name)}`),
    /** Begins to read a source; {@link source} says how far it is. */
    runSource: (name: string) =>
      transport.json<SourceSummary>(`api/v1/sources/${encodeURIComponent(name)}/run`, { method: 'POST' }),
    sourceRefusals: (name: string, query: SourceRefusalsQuery = {}) =>
      transport.json<SourceRefusalsResponse>(`api/v1/sources/${encodeURIComponent(name)}/refusals`, { query }),
    removeSource: async (name: string) => {
      await transport.send(`api/v1/sources/${encodeURIComponent(name)}`, { method: 'DELETE' })
    },
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
        contentType: mediaType.json,
      }),
    inventories: () => transport.json<InventoriesResponse>('api/v1/vault/inventories'),
    inventory: (id: string) => transport.bytes(`api/v1/vault/inventories/${encodeURIComponent(id)}`),
    removeInventory: async (id: string) => {
      await transport.send(`api/v1/vault/inventories/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
    /** Believes a supplier, in place of what was believed of it; its matches are settled when this resolves. */
    believeSupplier: (body: BelieveSupplierBody) =>
      transport.json<BelievedSupplier>('api/v1/vault/suppliers', json(body)),
    suppliers: () => transport.json<SuppliersResponse>('api/v1/vault/suppliers'),
    dropSupplier: async (id: string) => {
      await transport.send(`api/v1/vault/suppliers/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
    matches: (query: MatchesQuery = {}) => transport.json<MatchesResponse>('api/v1/vault/matches', { query }),
    match: (id: string) => transport.json<MatchResponse>(`api/v1/vault/matches/${encodeURIComponent(id)}`),
    /** What is new, oldest first; with `wait` it is answered the moment that there is something. */
    alerts: (query: AlertsQuery = {}) => transport.json<AlertsResponse>('api/v1/vault/alerts', { query }),
    /** Tells the party from now on. The secret in the answer is shown this once. */
    subscribe: (body: SubscribeBody) => transport.json<SubscribeResponse>('api/v1/vault/subscriptions', json(body)),
    subscriptions: () => transport.json<SubscriptionsResponse>('api/v1/vault/subscriptions'),
    unsubscribe: async (id: string) => {
      await transport.send(`api/v1/vault/subscriptions/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
    /** Makes one attempt to bring a message that says nothing. */
    testSubscription: (id: string) =>
      transport.json<TestSubscriptionResponse>(`api/v1/vault/subscriptions/${encodeURIComponent(id)}/test`, {
        method: 'POST',
      }),
    /** How far an advisory of the party has come with those it is for. */
    advisoryStatus: (urn: string) =>
      transport.json<AdvisoryStatusResponse>(`api/v1/vault/advisories/${encodeURIComponent(urn)}/status`),
    unreadAdvisories: () => transport.json<UnreadAdvisoriesResponse>('api/v1/vault/advisories'),
  }
}

function json(body: object) {
  return { method: 'POST', body: JSON.stringify(body), contentType: mediaType.json }
}
