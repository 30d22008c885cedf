/** The house's invariants over random histories: anything that parties may try, in any order. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256, sha256Hex, treeHasher, verify } from '@comity/crypto'
import { parseCheckpoint, parseNote, verifyConsistency } from '@comity/log'
import { ComityNode, Vault } from '@comity/node'
import { type PublicKey, decodeStatement, publicKeyOf, verifyReceipt } from '@comity/statement'
import { dropView } from '@comity/store'
import { type Deed, cast, deeds, keeper, manualClock, play } from '@comity/testkit'

const start = 1_795_219_200
const home = keeper('invariants')

interface Stage {
  readonly directory: string
  readonly clock: ReturnType<typeof manualClock>
  open(): Promise<ComityNode>
}

function receiptKey(): PublicKey {
  const key = home.payload.keys.find((each) => each.roles.includes('receipt'))
  assert.ok(key)
  return publicKeyOf(key.jwk)
}

/** Plays a history on a new node, then hands over the closed folder. */
async function played(
  history: readonly Deed[],
  examine: (stage: Stage, node: ComityNode) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-invariants-'))
  const clock = manualClock(start)
  const open = () => ComityNode.open({ directory, keys: home.keys, now: () => clock.now() })
  try {
    const node = await ComityNode.found({
      directory,
      keys: home.keys,
      now: () => clock.now(),
      party: home.founding(start),
      policy: home.policy(start),
    })
    await play(node, home, history, clock)
    await examine({ directory, clock, open }, node)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Every table in key order; row numbers that SQLite gives are told by what they stand for, so they are equal too. */
function dump(path: string): Record<string, unknown[]> {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
    return Object.fromEntries(
      tables.map(({ name }) => {
        const table = String(name)
        const rows = database.prepare(`SELECT * FROM ${table}`).all()
        return [table, rows.map((row) => JSON.stringify(row, binaryAsHex)).sort()]
      }),
    )
  } finally {
    database.close()
  }
}

function binaryAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

test('rebuild-equals-live: dropping the register and replaying the log gives the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(deeds(), async (history) => {
      await played(history, async ({ directory, open }, node) => {
        node.findings.renew()
        await node.close()
        const path = join(directory, 'views', 'public.db')
        const live = dump(path)
        dropView(path)
        const again = await open()
        await again.close()
        assert.deepEqual(dump(path), live)
      })
    }),
    { numRuns: 25 },
  )
})

test('nothing-changes-without-a-statement: reading, waiting, documents, tokens and vaults leave the register as it is', async () => {
  await fc.assert(
    fc.asyncProperty(deeds({ maxLength: 15 }), async (history) => {
      await played(history, async ({ directory, clock }, node) => {
        node.findings.renew()
        const path = join(directory, 'views', 'public.db')
        const before = dump(path)
        const { size } = node.head
        clock.advance(100_000)
        for (const row of node.reader.prepare('SELECT urn FROM party').all()) node.findings.current(String(row['urn']))
        await node.findings.assess(node.findings.request())
        await storeBesides(node, join(directory, 'views', 'vault.db'))
        node.findings.renew()
        assert.equal(node.head.size, size)
        assert.deepEqual(dump(path), before)
        await node.close()
      })
    }),
    { numRuns: 10 },
  )
})

/** Everything that a node takes besides statements: documents, tokens, inventories, what is erased again. */
async function storeBesides(node: ComityNode, view: string): Promise<void> {
  const document = Buffer.from('{"cited":false}')
  await node.documents.put(`sha256:${sha256Hex(document)}`, document)
  const vault = await Vault.open({ truth: node.truth, view, register: node.reader, now: node.now })
  const unsubscribe = node.onBatch(() => vault.wake())
  for (const { urn } of cast(home)) {
    const { id, secret } = await vault.issueToken({ party: urn, admin: false, label: 'a pump room' })
    assert.equal(vault.verifyToken(secret)?.party, urn)
    await vault.revokeToken(id)
    const { id: inventory } = await vault.addInventory(urn, 'plant', inventoryDocument)
    await vault.addInventory(urn, 'office', inventoryDocument)
    await vault.settled()
    vault.matches(urn)
    await vault.removeInventory(urn, inventory)
  }
  assert.equal(await vault.erase(cast(home)[0]?.urn ?? ''), true)
  unsubscribe()
  await vault.close()
}

const inventoryDocument = Buffer.from(
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: 'left', version: '1.2.3', purl: 'pkg:npm/left@1.2.3' }],
  }),
)

test('the-log-never-forks: every checkpoint continues every earlier one, and every receipt names one of them', async () => {
  await fc.assert(
    fc.asyncProperty(deeds({ maxLength: 25 }), deeds({ maxLength: 15 }), async (before, after) => {
      const notes: string[] = []
      await played(before, async ({ clock, open }, first) => {
        notes.push(first.head.note)
        await first.close()
        const node = await open()
        node.onBatch((_from, head) => notes.push(head.note))
        await play(node, home, after, clock)
        const { tree } = node.ledger
        const checkpoints = notes.map((note) => parseCheckpoint(parseNote(note).text))
        for (const { size, root } of checkpoints) {
          const proof = tree.consistencyProof(size)
          verifyConsistency(treeHasher, { from: size, to: tree.size, fromRoot: root, toRoot: tree.root(), proof })
        }
        const roots = new Map(checkpoints.map(({ size, root }) => [size, Buffer.from(root).toString('hex')]))
        const firstSize = checkpoints[0]?.size ?? 0
        for (let index = firstSize; index < node.head.size; index++) {
          const statement = decodeStatement(node.ledger.leaf(index), { sha256, verify })
          const found = node.find(statement.id)
          if (found === undefined || found.index !== index) continue
          const receipt = verifyReceipt(node.receipt(found), statement.leaf, receiptKey(), { sha256, verify })
          assert.equal(Buffer.from(receipt.root).toString('hex'), roots.get(receipt.size))
        }
        await node.close()
      })
    }),
    { numRuns: 5 },
  )
})

test('same-cut-same-findings: an old cut gives the same bytes however far the log has grown since', async () => {
  await fc.assert(
    fc.asyncProperty(deeds(), fc.nat(100), async (history, percent) => {
      await played(history, async (_stage, node) => {
        const rows = node.reader.prepare('SELECT position FROM batch ORDER BY position').all()
        const row = rows[Math.min(rows.length - 1, Math.floor((rows.length * percent) / 100))]
        const size = Number(row?.['position']) + 1
        const now = await node.findings.assess(node.findings.request(size))
        await replayedTo(node, size, async (prefix) => {
          assert.deepEqual(await prefix.findings.assess(prefix.findings.request()), now)
        })
        await node.close()
      })
    }),
    { numRuns: 15 },
  )
})

/** A node that holds only the first `size` entries, fed from the other one's log. */
async function replayedTo(
  node: ComityNode,
  size: number,
  examine: (prefix: ComityNode) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-prefix-'))
  try {
    const { openFiles } = await import('@comity/store')
    const truth = await openFiles({ directory })
    const stream = await truth.stream('public')
    await stream.append(node.ledger.leaves(0, size))
    for (const row of node.reader.prepare('SELECT DISTINCT digest FROM document').all()) {
      await truth.blobs.put(node.documents.read(String(row['digest'])))
    }
    await truth.close()
    const prefix = await ComityNode.open({ directory, keys: home.keys, now: node.now })
    await examine(prefix)
    await prefix.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
