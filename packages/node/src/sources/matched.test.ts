/** What a source gives is matched against inventories at home, and ceases to be when the source goes. */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { KeyBook } from '../csaf/key-book.ts'
import { csaf, kev } from '../vault/formats.fixture.ts'
import { closeHouse, house, osv, sbom } from '../vault/vault.fixture.ts'
import { Sources } from './sources.ts'

const flaw = 'CVE-2026-1001'

test('an operator is told of what a followed folder says, of what is known to be exploited, and no longer once it goes', async (context) => {
  const built = await house(context)
  const { vault, node, operator, directory, clock } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0', 'right@1.0.0'))
  const { cells, keyring } = node.truth
  const keys = new KeyBook({ cells, keyring, origin: node.origin, now: node.now })
  const sources = await Sources.open({ node, view: join(directory, 'views', 'sources.db'), keys, vault })
  const path = join(directory, 'advisories')
  mkdirSync(path)
  writeFileSync(join(path, 'osv.json'), JSON.stringify(osv('OSV-1', 'left', { fixed: '2.0.0' }, { aliases: [flaw] })))
  writeFileSync(join(path, 'csaf.json'), JSON.stringify(csaf('C-1', flaw, 'left', '2.0.0')))
  await sources.add({ address: path, name: 'local' })
  assert.equal((await sources.run('local')).counts.taken, 2)
  await vault.settled()
  const [match, ...others] = vault.matches(operator.urn).matches
  assert.deepEqual([match?.component.name, match?.state, others.length], ['left', 'affected', 0])
  assert.match(match?.advisory.origin ?? '', /^file:\/\/.*\/advisories$/)

  writeFileSync(join(path, 'kev.json'), JSON.stringify(kev(flaw)))
  clock.advance(10)
  await sources.run('local')
  await vault.settled()
  assert.equal(vault.matches(operator.urn, { exploited: true }).matches.length, 1)

  rmSync(join(path, 'kev.json'))
  await sources.run('local')
  await vault.settled()
  assert.equal(vault.matches(operator.urn, { exploited: true }).matches.length, 0)
  await sources.remove('local')
  await vault.settled()
  assert.deepEqual(
    vault.matches(operator.urn).matches.filter(({ state }) => state === 'affected'),
    [],
  )
  await sources.close()
  await closeHouse(built)
})

test('a vault that was not told, because the node was killed between, is told at the next start', async (context) => {
  const built = await house(context)
  const { vault, node, operator, directory } = built
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  const { cells, keyring } = node.truth
  const keys = new KeyBook({ cells, keyring, origin: node.origin, now: node.now })
  const view = join(directory, 'views', 'sources.db')
  const path = join(directory, 'osv.json')
  writeFileSync(path, JSON.stringify(osv('OSV-1', 'left', { fixed: '2.0.0' })))
  const untold = await Sources.open({ node, view, keys })
  await untold.add({ address: path, name: 'local' })
  await untold.run('local')
  await untold.close()
  assert.equal(vault.matches(operator.urn).matches.length, 0)
  const sources = await Sources.open({ node, view, keys, vault })
  await sources.tellVault()
  await vault.settled()
  assert.equal(vault.matches(operator.urn).matches.length, 1)
  await sources.close()
  await closeHouse(built)
})
