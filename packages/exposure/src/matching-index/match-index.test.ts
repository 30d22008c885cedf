import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { type IndexedComponent, MatchIndex, openMatchIndex } from './index.ts'
import { below, inside, npm } from './made-up-rules.fixture.ts'
import { dump } from './plain-model.fixture.ts'

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'comity-index-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('the match index', () => {
  it('says which inventories an advisory concerns, with the version in each and why', () => {
    const index = new MatchIndex(new DatabaseSync(':memory:'))
    index.putInventory('one', [npm('a', '1.0.0'), npm('b', '1.0.0'), npm('a', '1.0.0')])
    index.putInventory('two', [npm('a', '2.0.0')])
    index.putInventory('three', [npm('a', '1.5.0'), npm('a', '1.0.0'), npm('a')])
    index.putAdvisory('A', [below('a', '2.0.0')])
    const concerned = [...index.inventoriesOf('A')].map(({ inventory, found }) => [
      inventory,
      found.map(({ version, outcomes }) => [
        version,
        outcomes.map(({ state, why }) => `${state}: ${why.reason}`).join(),
      ]),
    ])
    assert.deepEqual(concerned, [
      ['one', [['1.0.0', 'affected: in-range']]],
      [
        'three',
        [
          [undefined, 'undetermined: no-version'],
          ['1.0.0', 'affected: in-range'],
          ['1.5.0', 'affected: in-range'],
        ],
      ],
    ])
    const [advisory, ...others] = index.advisoriesOf('one')
    assert.deepEqual(others, [])
    assert.equal(advisory?.advisory, 'A')
    assert.deepEqual(
      advisory.found.map(({ places }) => places),
      [[0, 2]],
    )
  })

  it('finds a component under each of its keys, and says under which', () => {
    const index = new MatchIndex(new DatabaseSync(':memory:'))
    const key = 'product:example/a'
    index.putInventory('one', [{ keys: ['pkg:npm/a', key], version: '1.0.0' }, npm('a', '1.0.0')])
    index.putAdvisory('A', [below('a', '2.0.0', { key })])
    const [concerned] = [...index.inventoriesOf('A')]
    assert.deepEqual(
      concerned?.found.map(({ keys, outcomes }) => [keys, outcomes.map((outcome) => outcome.key)]),
      [[['pkg:npm/a', key], [key]]],
    )
    index.putAdvisory('A', [below('a', '2.0.0', { key }), below('a', '2.0.0')])
    const [both] = [...index.inventoriesOf('A')]
    assert.deepEqual(both?.found.map(({ outcomes }) => outcomes.map((outcome) => outcome.key)).sort(), [
      ['pkg:npm/a'],
      [key, 'pkg:npm/a'],
    ])
  })

  it('looks at what else an inventory holds where a rule asks for it, in both directions', () => {
    const index = new MatchIndex(new DatabaseSync(':memory:'))
    index.putInventory('inside', [npm('a', '1.0.0'), npm('whole', '1.0.0')])
    index.putInventory('alone', [npm('a', '1.0.0')])
    index.putInventory('other', [npm('a', '1.0.0'), npm('whole', '2.0.0')])
    index.putAdvisory('A', [inside('a', 'whole')])
    const states = [...index.inventoriesOf('A')].map(({ inventory, found }) => [
      inventory,
      found[0]?.outcomes[0]?.state,
    ])
    assert.deepEqual(states, [
      ['inside', 'affected'],
      ['alone', 'undetermined'],
      ['other', 'undetermined'],
    ])
    assert.equal(index.advisoriesOf('inside')[0]?.found[0]?.outcomes[0]?.state, 'affected')
    assert.equal(index.advisoriesOf('alone')[0]?.found[0]?.outcomes[0]?.state, 'undetermined')
  })

  it('keeps a component without keys in its place, and finds it by nothing', () => {
    const index = new MatchIndex(new DatabaseSync(':memory:'))
    const components = [{ keys: [], version: '1' }, npm('a', '1.0.0')]
    index.putInventory('one', components)
    index.putAdvisory('A', [below('a', '2.0.0')])
    assert.deepEqual(index.componentsOf('one'), [{ keys: [] }, npm('a', '1.0.0')])
    assert.deepEqual(index.advisoriesOf('one')[0]?.found[0]?.places, [1])
  })

  it('takes an advisory that is withdrawn, revised or removed out of its answers', () => {
    const index = new MatchIndex(new DatabaseSync(':memory:'))
    index.putInventory('one', [npm('a', '1.0.0')])
    index.putAdvisory('A', [below('a', '2.0.0')])
    index.putAdvisory('A', [below('a', '2.0.0', { withdrawn: '2026-01-01T00:00:00Z' })])
    assert.deepEqual([...index.inventoriesOf('A')], [])
    index.putAdvisory('A', [below('b', '2.0.0')])
    assert.deepEqual(index.advisoriesOf('one'), [])
    assert.ok(index.removeAdvisory('A'))
    assert.ok(!index.removeAdvisory('A'))
  })

  it('leaves out an inventory that is removed before its turn', () => {
    const index = new MatchIndex(new DatabaseSync(':memory:'))
    // More than are named in one turn.
    for (let i = 0; i < 600; i++) index.putInventory(`inventory ${i}`, [npm('a', '1.0.0')])
    index.putAdvisory('A', [below('a', '2.0.0')])
    const listed: string[] = []
    for (const { inventory } of index.inventoriesOf('A')) {
      listed.push(inventory)
      if (listed.length === 1) index.removeInventory('inventory 599')
    }
    assert.equal(listed.length, 599)
    assert.ok(!listed.includes('inventory 599'))
  })

  it('says what is not in it', () => {
    const index = new MatchIndex(new DatabaseSync(':memory:'))
    assert.throws(() => index.inventoriesOf('A'), {
      code: 'not-indexed',
      message: 'there is no advisory "A" in the index',
    })
    assert.throws(() => index.advisoriesOf('x'), {
      code: 'not-indexed',
      message: 'there is no inventory "x" in the index',
    })
    assert.ok(!index.removeInventory('x'))
  })

  it('leaves nothing of an inventory whose components could not be read to the end', () => {
    const database = new DatabaseSync(':memory:')
    const index = new MatchIndex(database)
    const broken = function* (): Generator<IndexedComponent> {
      yield npm('a', '1.0.0')
      throw new Error('cut off')
    }
    const loader = index.load()
    loader.add('one', [npm('b', '1.0.0')])
    assert.throws(() => loader.add('two', broken()), /cut off/)
    loader.add('three', [npm('c', '1.0.0')])
    loader.end()
    assert.deepEqual(index.componentsOf('one'), [npm('b', '1.0.0')])
    assert.deepEqual(index.componentsOf('three'), [npm('c', '1.0.0')])
    assert.throws(() => index.componentsOf('two'), { code: 'not-indexed' })
    dump(database)
  })

  it('changes nothing when the transaction of the caller is rolled back', () => {
    const database = new DatabaseSync(':memory:')
    const index = new MatchIndex(database)
    index.putInventory('one', [npm('a', '1.0.0')])
    const before = dump(database)
    database.exec('BEGIN')
    index.putInventory('one', [npm('b', '1.0.0')])
    index.putAdvisory('A', [below('a', '2.0.0')])
    index.removeInventory('one')
    database.exec('ROLLBACK')
    assert.deepEqual(dump(database), before)
    index.putInventory('two', [npm('b', '1.0.0')])
    dump(database)
  })

  it('answers by what is committed or being written, never by what was rolled back', () => {
    const database = new DatabaseSync(':memory:')
    const index = new MatchIndex(database)
    const concerning = (): readonly string[] =>
      index.advisoriesUnder([npm('a', '1.0.0')]).map(({ advisory }) => advisory)
    assert.deepEqual(concerning(), [])
    database.exec('BEGIN')
    index.putAdvisory('A', [below('a', '2.0.0')])
    assert.deepEqual(concerning(), ['A'])
    database.exec('ROLLBACK')
    assert.deepEqual(concerning(), [])
    // It gets the number that the other one had.
    index.putAdvisory('B', [below('a', '1.0.0')])
    assert.deepEqual(concerning(), [])
    database.exec('BEGIN')
    index.putAdvisory('C', [below('a', '2.0.0')])
    database.exec('COMMIT')
    assert.deepEqual(concerning(), ['C'])
    index.removeAdvisory('C')
    assert.deepEqual(concerning(), [])
  })

  it('sees what another connection has put in', async (context) => {
    const path = join(await temporaryFolder(context), 'match.db')
    const [writer, reader] = [openMatchIndex(path), openMatchIndex(path)]
    assert.deepEqual(reader.advisoriesUnder([npm('a', '1.0.0')]), [])
    writer.putAdvisory('A', [below('a', '2.0.0')])
    assert.equal(reader.advisoriesUnder([npm('a', '1.0.0')]).length, 1)
    writer.putAdvisory('A', [below('a', '1.0.0')])
    assert.deepEqual(reader.advisoriesUnder([npm('a', '1.0.0')]), [])
    reader.close()
    writer.close()
  })

  it('is there again when it is opened again', async (context) => {
    const path = join(await temporaryFolder(context), 'match.db')
    const index = openMatchIndex(path)
    index.putInventory('one', [npm('a', '1.0.0')])
    index.putAdvisory('A', [below('a', '2.0.0')])
    index.close()
    const again = openMatchIndex(path)
    assert.equal([...again.inventoriesOf('A')].length, 1)
    again.close()
  })

  it('refuses a file that is no index, or one of another format', async (context) => {
    const folder = await temporaryFolder(context)
    const text = join(folder, 'text')
    writeFileSync(text, 'this is a text, and long enough to be looked at '.repeat(100))
    assert.throws(() => openMatchIndex(text), { code: 'bad-index', message: /no SQLite database/ })
    const other = join(folder, 'other.db')
    const database = new DatabaseSync(other)
    database.exec('CREATE TABLE something (a)')
    database.close()
    assert.throws(() => openMatchIndex(other), { code: 'bad-index', message: /holds something else/ })
    const old = join(folder, 'old.db')
    openMatchIndex(old).close()
    const older = new DatabaseSync(old)
    older.exec('UPDATE indexed_format SET format = 0')
    older.close()
    assert.throws(() => openMatchIndex(old), { code: 'bad-index', message: /format 0 and not 1/ })
  })
})
