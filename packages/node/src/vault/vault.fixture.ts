import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { advisoryUrn, type CorePayloads, productUrn } from '@comity/statement'
import { type Actor, actor, keeper, manualClock } from '@comity/testkit'
import { ComityNode } from '../node.ts'
import type { NodeKeys } from '../pipeline/keys.ts'
import { Vault } from './vault.ts'

export const startAt = 1_795_219_200
const home = keeper('vault keeper')

/** A node with a provider, its product, and a vault beside it. */
export interface House {
  readonly directory: string
  readonly node: ComityNode
  readonly vault: Vault
  readonly clock: ReturnType<typeof manualClock>
  readonly provider: Actor
  readonly operator: Actor
  readonly keys: NodeKeys
}

export interface Published {
  readonly id: string
  /** Statement identifier, hex. */
  readonly statement: string
  readonly sub: string
}

/** Where the view of a house lies. */
export function viewOf(directory: string): string {
  return join(directory, 'views', 'vault.db')
}

/** A new folder that is removed when the test ends. */
export function temporaryFolder(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'comity-vault-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The vault of a node, woken by each batch. */
export async function openVault(node: ComityNode, directory: string, now: () => number): Promise<Vault> {
  const vault = await Vault.open({ truth: node.truth, view: viewOf(directory), register: node.reader, now })
  node.onBatch(() => vault.wake())
  node.mirrors.onGathered(() => vault.wake())
  return vault
}

/** Founds a house in a new folder. `close` it with {@link closeHouse}. */
export async function houseIn(directory: string): Promise<House> {
  const clock = manualClock(startAt)
  const now = () => clock.now()
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now,
    party: home.founding(startAt),
    policy: home.policy(startAt),
  })
  const provider = actor('vault provider', home.origin)
  const operator = actor('vault operator', home.origin, { type: 'operator' })
  await Promise.all([node.submit(provider.founding(startAt)), node.submit(operator.founding(startAt))])
  const product = productUrn(provider.urn, 'gateway')
  await node.submit(
    provider.sign(
      'product',
      product,
      {
        name: 'Gateway',
        updatePolicy: { mechanism: 'download', consent: 'required', security: 'separate', rollback: true },
      },
      startAt,
    ),
  )
  return { directory, node, vault: await openVault(node, directory, now), clock, provider, operator, keys: home.keys }
}

/** A house in a folder that is removed when the test ends. */
export async function house(context: TestContext): Promise<House> {
  return houseIn(temporaryFolder(context))
}

/** Opens a closed house again, as after a restart. */
export async function reopened({ directory, clock, provider, operator }: House): Promise<House> {
  const now = () => clock.now()
  const { keys } = home
  const node = await ComityNode.open({ directory, keys, now })
  return { directory, node, vault: await openVault(node, directory, now), clock, provider, operator, keys }
}

/** Closes vault and node; the folder stays. */
export async function closeHouse({ node, vault }: House): Promise<void> {
  await vault.close()
  await node.close()
}

/** Publishes an advisory with an OSV document, or with whatever bytes are given as its document. */
export async function publish(
  { node, clock, provider }: House,
  document: Readonly<Record<string, unknown>> | Uint8Array,
  more: Partial<CorePayloads['advisory']> & { readonly id: string },
): Promise<Published> {
  const bytes = document instanceof Uint8Array ? document : Buffer.from(JSON.stringify(document))
  const digest = `sha256:${sha256Hex(bytes)}`
  await node.documents.put(digest, bytes)
  const date = new Date(clock.now() * 1000).toISOString().replace('.000Z', 'Z')
  const payload: CorePayloads['advisory'] = {
    products: [productUrn(provider.urn, 'gateway')],
    title: `Advisory ${more.id}`,
    published: date,
    modified: date,
    document: digest,
    documents: [{ digest, size: bytes.length, type: 'application/json' }],
    ...more,
  }
  const sub = advisoryUrn(provider.urn, more.id)
  const { statement } = await node.submit(provider.sign('advisory', sub, payload, clock.now()))
  return { id: more.id, statement: statement.id, sub }
}

/** An OSV record about one npm package, affected from `introduced` to before `fixed`. */
export function osv(id: string, name: string, range: { introduced?: string; fixed?: string }, more: object = {}) {
  const { introduced = '0', fixed } = range
  const events = [{ introduced }, ...(fixed === undefined ? [] : [{ fixed }])]
  return {
    schema_version: '1.7.0',
    id,
    modified: '2026-11-20T12:00:00Z',
    affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }],
    ...more,
  }
}

/** OSV-1, about the package `left`. */
export function left(range: { introduced?: string; fixed?: string }, more: object = {}) {
  return osv('OSV-1', 'left', range, more)
}

/** A CycloneDX document of npm packages `name@version`. */
export function sbom(...packages: readonly string[]): Uint8Array {
  const components = packages.map((each) => {
    const at = each.lastIndexOf('@')
    const [name, version] = [each.slice(0, at), each.slice(at + 1)]
    return { type: 'library', 'bom-ref': each, name, version, purl: `pkg:npm/${name}@${version}` }
  })
  return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components }))
}

/** What a match comes to, on one line: `left@1.0.0 affected`. */
export function lines(vault: Vault, party: string): string[] {
  return vault
    .matches(party, { limit: 1000 })
    .matches.map(
      ({ component, state, advisory }) =>
        `${component.name}@${component.version} ${state} ${advisory.sub?.split(':').at(-1)}`,
    )
    .toSorted()
}
