import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createClient, type Client } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import { advisoryUrn, type CorePayloads, instrumentUrn, productUrn, releaseUrn } from '@comity/statement'
import type { FileSystem } from '@comity/store'
import { type Actor, actor, type Keeper, keeper, manualClock } from '@comity/testkit'
import type { FastifyInstance } from 'fastify'
import { ComityNode } from '../node.ts'
import { Vault } from '../vault/vault.ts'
import { createServer, type ServerOptions } from './create-server.ts'

export const startAt = 1_795_219_200

export const home: Keeper = keeper('http keeper', {
  type: 'organisation',
  party: {
    contacts: [
      {
        function: 'security',
        email: 'psirt@keeper.invalid',
        url: 'https://keeper.invalid/report',
        languages: ['en', 'fr'],
      },
    ],
  },
})
export const provider: Actor = actor('provider', home.origin)
export const operator: Actor = actor('operator', home.origin, { type: 'operator' })
export const product = productUrn(provider.urn, 'gateway')
export const advisory = advisoryUrn(provider.urn, 'NORTH-1')

/** A served node on a port of its own. */
export interface Served {
  readonly node: ComityNode
  readonly vault: Vault
  readonly app: FastifyInstance
  readonly url: string
  readonly port: number
  readonly clock: ReturnType<typeof manualClock>
  /** Without a token. */
  readonly client: Client
  /** With a token. */
  as(token: string): Client
}

export interface ServeOptions extends Partial<Omit<ServerOptions, 'node' | 'vault'>> {
  readonly policy?: Partial<CorePayloads['policy']>
  readonly fileSystem?: FileSystem
}

/** Founds a node in a new folder and serves it until the test ends. */
export async function served(
  context: TestContext,
  { policy, fileSystem, ...options }: ServeOptions = {},
): Promise<Served> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-http-'))
  const clock = manualClock(startAt)
  const now = () => clock.now()
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now,
    party: home.founding(startAt),
    policy: home.policy(startAt, policy),
    ...(fileSystem === undefined ? {} : { fileSystem }),
  })
  const { vault, app, url, port } = await listening(context, { node, directory, now }, options)
  const as = (token: string) => createClient({ baseUrl: url, token })
  return { node, vault, app, url, port, clock, client: createClient({ baseUrl: url }), as }
}

/** Serves a node that was founded in a folder of its own; both go when the test ends. */
export async function listening(
  context: TestContext,
  { node, directory, now }: { readonly node: ComityNode; readonly directory: string; readonly now: () => number },
  options: Partial<Omit<ServerOptions, 'node' | 'vault'>> = {},
) {
  const view = join(directory, 'views', 'vault.db')
  const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now })
  node.onBatch(() => vault.wake())
  node.mirrors.onGathered(() => vault.wake())
  const app = await createServer({ node, vault, ...options })
  await app.listen({ port: 0, host: '127.0.0.1' })
  context.after(async () => {
    app.server.closeAllConnections()
    await app.close()
    await vault.close()
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  })
  // Safe: the server listens on a TCP port.
  const { port } = app.server.address() as AddressInfo
  return { vault, app, url: `http://127.0.0.1:${port}`, port }
}

export const json = (value: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(JSON.stringify(value)))
export const digestOf = (bytes: Uint8Array): string => `sha256:${sha256Hex(bytes)}`

export const sbom = json({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ type: 'library', name: 'left', version: '1.2.3', purl: 'pkg:npm/left@1.2.3' }],
})

export const osv = json({
  schema_version: '1.7.0',
  id: 'NORTH-1',
  modified: '2026-11-20T12:00:00Z',
  summary: 'left pads to the right',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] }],
    },
  ],
})

export const productPayload: CorePayloads['product'] = {
  name: 'Gateway <b>',
  updatePolicy: { mechanism: 'download', consent: 'required', security: 'separate', rollback: true },
}

export const advisoryPayload: CorePayloads['advisory'] = {
  id: 'NORTH-1',
  products: [product],
  title: 'Pads to the wrong side <script>alert(1)</script>',
  published: '2026-11-20T12:00:00Z',
  modified: '2026-11-20T12:00:00Z',
  remedy: { kind: 'update', version: '1.3.0' },
  document: digestOf(osv),
  documents: [{ digest: digestOf(osv), size: osv.length, type: 'application/json' }],
}

/** The story of the main job up to the operator's answer; returns the id of the advisory statement. */
export async function tellStory({ client, clock }: Served): Promise<{ readonly advisoryId: string }> {
  const file = (bytes: Uint8Array) => client.submit(bytes)
  await file(provider.founding(startAt))
  await file(operator.founding(startAt))
  await file(provider.sign('support', instrumentUrn('gids'), {}, startAt))
  await file(provider.sign('product', product, productPayload, startAt))
  for (const document of [sbom, osv]) await client.putDocument(digestOf(document), document)
  const documents = [{ digest: digestOf(sbom), size: sbom.length, type: 'application/vnd.cyclonedx+json' }]
  const release = { version: '1.0.0', released: '2026-11-20T12:00:00Z', sbom: digestOf(sbom), documents }
  await file(provider.sign('release', releaseUrn(product, '1.0.0'), release, startAt))
  clock.advance(60)
  const { id } = await file(provider.sign('advisory', advisory, advisoryPayload, startAt))
  await file(operator.sign('acknowledgement', advisory, { advisory: id, state: 'affected' }, startAt))
  return { advisoryId: id }
}
