import assert from 'node:assert/strict'
import { cpSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { StoreError, type Truth, dropView } from '@comity/store'
import { partyHex } from '@comity/statement'
import { dump } from './dump.fixture.ts'
import { csaf, openVex } from './formats.fixture.ts'
import { Journal } from './journal.ts'
import { closeHouse, houseIn, osv, publish, reopened, sbom, temporaryFolder, viewOf } from './vault.fixture.ts'
import { Vault } from './vault.ts'

/** Every file below a folder with its bytes. */
function filesOf(directory: string): { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }))
}

/** The files in which a text stands, as it is or in another usual writing. */
function findAll(directory: string, text: string): string[] {
  const utf8 = Buffer.from(text)
  const writings = [utf8, Buffer.from(text, 'utf16le'), Buffer.from(utf8.toString('hex'))]
  return filesOf(directory)
    .filter(({ bytes }) => writings.some((writing) => bytes.includes(writing)))
    .map(({ path }) => path)
}

const secrets = {
  components: ['quiet-river-controller', 'hidden-turbine-driver'],
  versions: ['7.77.1', '31.4.15926'],
  names: ['Substation Seven', 'for the night shift'],
  trust: ['https://silent-foundry.invalid/vex', 'pkg:npm/secret-lathe'],
  suppliers: ['discreet-works', 'cpe:2.3:a:discreet'],
}

/** The same SBOM with a supplier and a CPE of each component: other ways to be found by. */
function withSupplier(document: Uint8Array): Uint8Array {
  const json: { components: object[] } = JSON.parse(Buffer.from(document).toString())
  const [supplier, cpe] = secrets.suppliers
  const components = json.components.map((each) => ({
    ...each,
    supplier: { name: supplier },
    cpe: `${cpe}:controller:7.77.1:*:*:*:*:*:*:*`,
  }))
  return Buffer.from(JSON.stringify({ ...json, components }))
}

test('sealed-stays-sealed: no byte of an inventory lies anywhere in the clear, nor who has one', async (context) => {
  const house = await houseIn(temporaryFolder(context))
  const { vault, node, operator, directory } = house
  const [river, turbine] = secrets.components
  const [name = '', label = ''] = secrets.names
  const document = withSupplier(sbom(`${river}@7.77.1`, `${turbine}@31.4.15926`, 'left@7.77.1'))
  await vault.issueToken({ party: operator.urn, admin: false, label })
  await publish(house, osv('OSV-0', 'left', {}), { id: 'A-0' })
  await vault.settled()
  await vault.addInventory(operator.urn, name, document)
  const { statement } = await publish(house, osv('OSV-1', 'left', {}), { id: 'A-1' })
  await publish(house, osv('OSV-1', 'left', { fixed: '9.0.0' }), { id: 'A-1', revises: statement })
  // Of other formats, and one that makes one match of two.
  await publish(house, csaf('C-1', 'CVE-2026-1', 'left', '9.0.0'), { id: 'A-2' })
  await publish(house, openVex('CVE-2026-2', 'pkg:npm/left', 'under_investigation'), { id: 'A-3' })
  await publish(house, osv('OSV-4', 'left', {}, { aliases: ['CVE-2026-1'] }), { id: 'A-4' })
  await vault.settled()
  assert.equal(vault.matches(operator.urn, { state: 'affected' }).matches.length, 3)
  assert.equal((await vault.matchesByPriority(operator.urn)).matches.length, 4)
  const [source = '', trusted = ''] = secrets.trust
  await vault.suppliers.believe(operator.urn, source, [trusted])

  const private_ = [
    ...secrets.components,
    ...secrets.versions,
    ...secrets.names,
    ...secrets.suppliers,
    ...secrets.trust,
  ]
  const check = (when: string) => {
    assert.ok(filesOf(directory).length > 8, 'looks where the data is')
    for (const text of private_) assert.deepEqual(findAll(directory, text), [], `${text} ${when}`)
    // The register names the party; that it is hosted here, and has an inventory, is nobody's business.
    for (const part of ['views/vault.db', 'streams/vault', 'sealed']) {
      const found = findAll(directory, partyHex(operator.urn)).filter((path) => path.includes(part))
      assert.deepEqual(found, [], `${part} ${when}`)
    }
  }
  check('while it runs')
  await closeHouse(house)
  check('when it is closed')
  dropView(viewOf(directory))
  const again = await reopened(house)
  await again.vault.settled()
  check('when it was rebuilt')
  assert.deepEqual(
    Buffer.from(again.vault.readInventory(operator.urn, again.vault.listInventories(operator.urn)[0]?.id ?? '')),
    document,
  )
  await closeHouse(again)
  void node
})

test('sealed-stays-sealed: errors say nothing of what was being kept', async (context) => {
  const house = await houseIn(temporaryFolder(context))
  const { vault, node, operator, directory, clock } = house
  const [river = ''] = secrets.components
  const [name = ''] = secrets.names
  const document = sbom(...Array.from({ length: 20 }, (_, i) => `${river}-${i}@7.77.${i}`))
  const errors: unknown[] = []
  for (const broken of [
    document.subarray(0, 500),
    Buffer.concat([document, document]),
    document.subarray(7),
    document.map((byte, at) => (at === 400 ? 0xff : byte)),
  ]) {
    await vault.addInventory(operator.urn, name, broken).catch((error: unknown) => errors.push(error))
  }
  await vault.addInventory(operator.urn, `${name}\n`, document).catch((error: unknown) => errors.push(error))
  await vault.addInventory(operator.urn, name.repeat(20), document).catch((error: unknown) => errors.push(error))
  await vault.close()
  const full = async (): Promise<never> => {
    throw new StoreError('disk-full', 'appending failed: ENOSPC')
  }
  const failing = await Vault.open({
    truth: withStream(node.truth, (stream) => ({
      size: stream.size,
      name: stream.name,
      read: stream.read.bind(stream),
      readRange: stream.readRange.bind(stream),
      append: full,
    })),
    view: viewOf(directory),
    register: node.reader,
    now: () => clock.now(),
  })
  await failing.addInventory(operator.urn, name, document).catch((error: unknown) => errors.push(error))
  assert.deepEqual(failing.listInventories(operator.urn), [])
  await failing.close()
  assert.equal(errors.length, 7)
  for (const error of errors) {
    const shown = inspect(error, { depth: 10, showHidden: true })
    for (const text of [river, '7.77.', name]) assert.ok(!shown.includes(text), shown)
  }
  await node.close()
})

function withStream(
  truth: Truth,
  change: (stream: Awaited<ReturnType<Truth['stream']>>) => Awaited<ReturnType<Truth['stream']>>,
): Truth {
  return {
    stream: async (name) => change(await truth.stream(name)),
    streams: () => truth.streams(),
    blobs: truth.blobs,
    cells: truth.cells,
    keyring: truth.keyring,
    hashes: (name) => truth.hashes(name),
    close: () => truth.close(),
  }
}

test('an erased party is gone live and on rebuild, and no copy of its records opens any more', async (context) => {
  const folder = temporaryFolder(context)
  const directory = join(folder, 'data')
  const copy = join(folder, 'copy')
  let house = await houseIn(directory)
  const { operator, provider } = house
  const token = await house.vault.issueToken({ party: operator.urn, admin: false, label: 'gone soon' })
  await house.vault.addInventory(provider.urn, 'stays', sbom('left@1.0.0'))
  await house.vault.addInventory(operator.urn, 'goes', sbom('left@1.0.0', 'right@1.0.0'))
  await publish(house, osv('OSV-1', 'left', {}), { id: 'A-1' })
  await house.vault.settled()
  const sealed = [...house.node.truth.blobs.listSealed()].map(({ digest }) => digest)
  assert.equal(sealed.length, 2)
  cpSync(directory, copy, { recursive: true })

  assert.equal(await house.vault.erase(operator.urn), true)
  assert.equal(await house.vault.erase(operator.urn), false)
  for (const when of ['live', 'after a restart', 'rebuilt']) {
    const { vault, node } = house
    await vault.settled()
    assert.deepEqual(vault.matches(operator.urn).matches, [], when)
    assert.deepEqual(vault.listInventories(operator.urn), [], when)
    assert.equal(vault.verifyToken(token.secret), undefined, when)
    assert.deepEqual(vault.listTokens(), [], when)
    assert.equal(vault.matches(provider.urn).matches.length, 1, when)
    const { truth } = node
    assert.equal([...truth.blobs.listSealed()].length, 1, when)
    const journal = new Journal(await truth.stream('vault'), truth.keyring)
    const records = Array.from({ length: journal.size }, (_, seq) => journal.read(seq))
    assert.deepEqual(
      records.map(({ event }) => event?.type),
      [undefined, undefined, 'partition', 'inventory', undefined, 'erased'],
      when,
    )
    const live = dump(viewOf(directory), truth)
    await closeHouse(house)
    if (when === 'after a restart') dropView(viewOf(directory))
    house = await reopened(house)
    await house.vault.settled()
    assert.equal(dump(viewOf(directory), house.node.truth), live, when)
  }
  await closeHouse(house)

  // Even with all the files of before brought back, but for the keyring: the ciphertexts are noise.
  for (const part of ['sealed', 'streams', 'views'])
    cpSync(join(copy, part), join(directory, part), { recursive: true })
  house = await reopened(house)
  const { keyring, blobs } = house.node.truth
  const keyId = (record: number) =>
    house.node.truth.stream('vault').then((stream) => new Journal(stream, keyring).read(record).keyId)
  const erased = await keyId(0)
  const opened = sealed.flatMap((digest) => {
    try {
      return [blobs.getSealed(erased, digest)]
    } catch (error) {
      assert.ok(error instanceof StoreError)
      assert.equal(error.code, 'key-destroyed')
      return []
    }
  })
  assert.deepEqual(opened, [])
  assert.deepEqual(house.vault.matches(operator.urn).matches, [])
  await closeHouse(house)
})

test('an erasure that was cut short is finished at the next start', async (context) => {
  const house = await houseIn(temporaryFolder(context))
  const { vault, node, operator, directory, clock } = house
  const token = await vault.issueToken({ party: operator.urn, admin: false, label: '' })
  await vault.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  await vault.close()
  const { truth } = node
  const { keyring } = truth
  const broken: Truth = {
    ...withStream(truth, (stream) => stream),
    keyring: {
      has: (id) => keyring.has(id),
      createKey: (id) => keyring.createKey(id),
      encrypt: (...args) => keyring.encrypt(...args),
      decrypt: (...args) => keyring.decrypt(...args),
      destroy: () => Promise.reject(new StoreError('disk-full', 'writing the keyring failed')),
    },
  }
  const open = (truth: Truth) =>
    Vault.open({ truth, view: viewOf(directory), register: node.reader, now: () => clock.now() })
  const failing = await open(broken)
  await assert.rejects(failing.erase(operator.urn), { code: 'storage-failed' })
  assert.equal(failing.verifyToken(token.secret), undefined)
  assert.deepEqual(failing.listInventories(operator.urn), [])
  await failing.close()
  const mended = await open(truth)
  assert.equal(mended.verifyToken(token.secret), undefined)
  assert.deepEqual(mended.listInventories(operator.urn), [])
  assert.deepEqual([...truth.blobs.listSealed()], [])
  assert.deepEqual(await mended.erase(operator.urn), false)
  // It may come again, as somebody who was never here.
  await mended.addInventory(operator.urn, 'plant', sbom('left@1.0.0'))
  assert.equal(mended.listInventories(operator.urn)[0]?.revision, 1)
  await mended.close()
  await node.close()
})
