/** A node with provider trees, and a client from outside (CSAF 2.0, section 7). */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { partyHex, productUrn } from '@comity/statement'
import { actor, manualClock } from '@comity/testkit'
import { createMessage, readKey, readSignature, verify } from 'openpgp'
import { CsafProvider } from '../csaf/csaf-provider.ts'
import { ComityNode } from '../node.ts'
import type { Vault } from '../vault/vault.ts'
import { home, listening, productPayload, provider, startAt } from './server.fixture.ts'

export const publicUrl = 'https://log.example.org'
export const other = actor('other provider', home.origin)

export interface World {
  readonly node: ComityNode
  readonly csaf: CsafProvider
  readonly vault: Vault
  /** Asks as the world does: an absolute address, never with a redirect. */
  ask(address: string, headers?: Record<string, string>): Promise<Response>
  readonly url: string
  readonly view: string
  clock: ReturnType<typeof manualClock>
}

export async function world(context: TestContext, publicAddress = publicUrl): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-csaf-'))
  const clock = manualClock(startAt)
  const now = () => clock.now()
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now,
    party: home.founding(startAt),
    policy: home.policy(startAt),
  })
  const view = join(directory, 'views', 'csaf.db')
  const csaf = CsafProvider.open({ node, view })
  context.after(() => csaf.close())
  const { url, vault } = await listening(context, { node, directory, now }, { csaf, publicUrl: publicAddress })
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  for (const each of [provider, other]) await node.submit(each.founding(startAt))
  for (const each of [home, provider, other]) {
    await node.submit(each.sign('product', productUrn(each.urn, 'gateway'), productPayload, startAt))
  }
  const ask = (address: string, headers: Record<string, string> = {}) =>
    fetch(address.replace(publicUrl, url), { headers, redirect: 'error' })
  return { node, csaf, vault, ask, url, view, clock }
}

export const treeOf = (party: string) => `${publicUrl}/csaf/${partyHex(party)}`
export const jsonOf = async <T>(response: Promise<Response>): Promise<T> => {
  const answer = await response
  assert.equal(answer.status, 200, answer.url)
  assert.equal(answer.headers.get('content-type'), 'application/json')
  // The assertions of the tests are the check of that form.
  return (await answer.json()) as T
}

export interface Metadata {
  readonly canonical_url: string
  readonly role: string
  readonly publisher: { readonly name: string }
  readonly distributions: readonly {
    readonly rolie?: { readonly feeds: readonly { readonly url: string; readonly tlp_label: string }[] }
    readonly directory_url?: string
  }[]
  readonly public_openpgp_keys: readonly { readonly fingerprint: string; readonly url: string }[]
}

export interface Feed {
  readonly feed: {
    readonly entry: readonly {
      readonly id: string
      readonly link: readonly { readonly rel: string; readonly href: string }[]
      readonly content: { readonly src: string }
      readonly category?: readonly { readonly term: string }[]
    }[]
  }
}

/** What a client does with each document: hash and signature first (section 7.3.2). */
export async function retrieve(
  { ask }: World,
  document: string,
  links: readonly string[],
  metadata: Metadata,
): Promise<unknown> {
  const answer = await ask(document)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  for (const name of ['sha256', 'sha512'] as const) {
    const hash = await (await ask(links.find((each) => each.endsWith(`.${name}`)) ?? assert.fail(name))).text()
    assert.equal(hash.split(' ')[0], createHash(name).update(bytes).digest('hex'))
  }
  const verificationKeys = await Promise.all(
    metadata.public_openpgp_keys.map(async ({ url, fingerprint }) => {
      const key = await readKey({ armoredKey: await (await ask(url)).text() })
      assert.equal(key.getFingerprint().toUpperCase(), fingerprint)
      assert.equal(key.isPrivate(), false)
      return key
    }),
  )
  const armoredSignature = await (await ask(links.find((each) => each.endsWith('.asc')) ?? assert.fail('asc'))).text()
  const signature = await readSignature({ armoredSignature })
  const date = new Date((startAt + 3600) * 1000)
  const checked = async (binary: Uint8Array) => {
    const message = await createMessage({ binary })
    const { signatures } = await verify({ message, signature, verificationKeys, date })
    return signatures[0]?.verified
  }
  assert.equal(await checked(bytes), true)
  await assert.rejects(async () => checked(new Uint8Array([...bytes, 32])))
  return JSON.parse(Buffer.from(bytes).toString())
}
