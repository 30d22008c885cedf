/** What a new home would refuse is said before a party leaves the old one: nothing is filed anywhere. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ComityNode } from '@comity/node'
import type { PolicyPayload } from '@comity/statement'
import { type Corner, corner } from './cli.fixture.ts'
import { signed } from './filing.ts'
import { enterParty, keepKeys, keepNodeKeys, newParty } from './founding.ts'
import { DataFolder } from './home/data-folder.ts'
import { Home } from './home/profile.ts'
import { defaultOrigin, newNodeKeys, nodeKeysOf } from './keys/node-keys.ts'
import { signerOf } from './keys/role-key.ts'

const insecure = '--insecure-no-passphrase'

/** All that a move takes, and what a new home might need beside. */
const kinds = ['party', 'approval', 'continuation', 'product', 'support', 'policy', 'time']

/** Founds a node with a policy that no command makes, and serves it. */
async function foundWith(
  context: TestContext,
  policy: Partial<PolicyPayload>,
): Promise<{ readonly who: Corner; readonly url: string }> {
  const who = corner(context)
  const keys = newNodeKeys()
  const origin = defaultOrigin(keys.keys)
  const at = Math.floor(Date.now() / 1000)
  const members = { names: [{ language: 'en', text: 'New home' }], type: 'organisation' as const }
  const keeper = newParty({ members, home: origin, approvers: 0, recovery: { threshold: 1, keys: 1 }, at, node: keys })
  const limits = { statementBytes: 65_535, documentBytes: 1_000_000, clockSkewSeconds: 300 }
  const payload = { filing: 'open' as const, kinds, limits, admits: { parties: 'any' as const }, ...policy }
  const by = { iss: keeper.urn, signer: signerOf(keeper.keys.current.sign), iat: at }
  const statement = signed({ kind: 'policy', sub: origin, payload }, by)
  const data = new DataFolder(join(who.path, 'data'))
  const place = { home: new Home(join(who.path, 'home')), alias: 'keeper', passphrase: undefined }
  await keepKeys(keeper, place)
  await keepNodeKeys({ origin, keeper, keys, policy: statement }, data, undefined)
  const signing = nodeKeysOf({ party: keeper.urn, keys: keys.keys, symmetric: { master: keys.master } }, origin)
  const node = await ComityNode.found({
    directory: data.path,
    ...signing,
    party: keeper.founding,
    policy: statement,
    now: () => at,
  })
  await node.close()
  enterParty(keeper, place, { data: data.path })
  return { who, url: (await who.serve('serve')).url }
}

async function sizeOf(url: string): Promise<number> {
  // The schema of the answer says so.
  return ((await (await fetch(`${url}/api/v1/status`)).json()) as { size: number }).size
}

test('a move to a log that lists others, or admits no continuation, is refused before anything is filed', async (context) => {
  const old = corner(context)
  await old.json('init', '--name', 'Old home', insecure)
  const { url: from } = await old.serve('serve')
  const token = join(old.path, 'acme.token')
  await old.json('token', 'issue', '--label', 'acme', '--out', token)
  const acme = corner(context)
  const creating = ['party', 'create', 'acme', '--name', 'Acme', '--type', 'provider', '--node', from]
  await acme.json(...creating, '--token-file', token, insecure)
  const others = [`urn:comity:party:${'ab'.repeat(32)}`]
  const withoutMoves = kinds.filter((kind) => kind !== 'continuation')
  const refusals = [
    [
      { filing: 'listed' as const, admits: { parties: others } },
      /does not list urn:comity:party:/,
      'party-not-admitted',
    ],
    [{ kinds: withoutMoves }, /does not admit the kind continuation/, 'kind-not-admitted'],
  ] as const
  for (const [policy, says, code] of refusals) {
    const { url } = await foundWith(context, policy)
    const before = [await sizeOf(from), await sizeOf(url)]
    for (const how of [['--check'], []]) {
      const { code: ended, stderr } = await acme.run('party', 'move', '--to', url, ...how)
      assert.equal(ended, 3, stderr)
      const said = stderr.replaceAll(/\s+/g, ' ')
      assert.match(said, says)
      assert.match(said, new RegExp(`code ${code}`))
      for (const line of stderr.split('\n'))
        assert.ok([...line].length <= 80 || line.includes('/') || line.includes('urn:'), line)
    }
    assert.deepEqual([await sizeOf(from), await sizeOf(url)], before)
  }
})
