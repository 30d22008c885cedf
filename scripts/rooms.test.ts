import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rooms, violations } from './rooms.ts'

const nothing: ReadonlySet<string> = new Set()

function found(room: string, file: string, text: string, declared: readonly string[] = []): readonly string[] {
  return violations(`packages/${room}/src/${file}`, text, room, new Set(declared))
}

test('an import of a room that stands higher is named, with what the room may import', () => {
  assert.deepEqual(found('statement', 'a.ts', "import { openFiles } from '@comity/store'\n"), [
    'packages/statement/src/a.ts: statement may not import store (log)',
  ])
  assert.deepEqual(found('log', 'a.ts', "import type { Statement } from '@comity/statement'\n"), [
    'packages/log/src/a.ts: log may not import statement (nothing)',
  ])
})

test('every way to write an import is seen', () => {
  for (const text of [
    "import { a } from '@comity/node'",
    'import { a } from "@comity/node"',
    "import {\n  a,\n  type B,\n} from '@comity/node'",
    "import * as node from '@comity/node'",
    "import type { A } from '@comity/node'",
    "import '@comity/node'",
    "export { a } from '@comity/node'",
    "export * from '@comity/node'",
    "  const { a } = await import('@comity/node')",
  ]) {
    assert.equal(found('store', 'a.ts', `// first line\n${text}\n`).length, 1, text)
  }
})

test('an import from inside another room is deep, even where the room itself may be imported', () => {
  assert.deepEqual(found('statement', 'a.ts', "import { Tree } from '@comity/log/src/tree.ts'\n"), [
    'packages/statement/src/a.ts: "@comity/log/src/tree.ts" reaches into a room; import "@comity/log"',
  ])
})

test('a Node module is refused in a room that runs in browsers, with and without its prefix, and allowed in its tests', () => {
  for (const target of ['node:fs', 'fs', 'node:fs/promises', 'node:test']) {
    const text = `import { a } from '${target}'\n`
    assert.deepEqual(found('log', 'a.ts', text), [
      `packages/log/src/a.ts: log runs in browsers and may not import "${target}"`,
    ])
    assert.deepEqual(found('log', 'a.test.ts', text), [])
    assert.deepEqual(found('store', 'a.ts', text), [])
  }
})

test('a folder that runs on Node alone has a door of its own, which nothing that runs in browsers leads into', () => {
  const builtin = "import { a } from 'node:fs'\n"
  assert.deepEqual(found('exposure', 'files/a.ts', builtin), [])
  assert.equal(found('exposure', 'filesystem/a.ts', builtin).length, 1)
  assert.deepEqual(found('exposure', 'index.ts', "export { a } from './files/a.ts'\n"), [
    'packages/exposure/src/index.ts: "./files/a.ts" leads from what runs in browsers into files, which does not',
  ])
  assert.deepEqual(found('exposure', 'files/a.ts', "import { a } from '../source/a.ts'\n"), [])
  const door = "import { a } from '@comity/exposure/files'\n"
  assert.deepEqual(found('node', 'a.ts', door), [])
  assert.deepEqual(found('contract', 'a.ts', door), [
    'packages/contract/src/a.ts: contract runs in browsers and may not import "@comity/exposure/files"',
  ])
  assert.equal(found('node', 'a.ts', "import { a } from '@comity/exposure/files/a.ts'\n").length, 1)
})

test('a package that the room did not declare is named without the path inside it', () => {
  assert.deepEqual(found('statement', 'a.ts', "import { decode } from 'cborg/lib/decode'\n"), [
    'packages/statement/src/a.ts: "cborg" is not in the room\'s package.json',
  ])
  assert.deepEqual(found('crypto', 'a.ts', "import { ed25519 } from '@noble/curves/ed25519.js'\n"), [
    'packages/crypto/src/a.ts: "@noble/curves" is not in the room\'s package.json',
  ])
  assert.deepEqual(found('statement', 'a.ts', "import { decode } from 'cborg'\n", ['cborg']), [])
})

test('a path that leaves the room is refused, and one that stays is not', () => {
  assert.deepEqual(found('node', 'judge/a.ts', "import { a } from '../../../log/src/index.ts'\n"), [
    'packages/node/src/judge/a.ts: "../../../log/src/index.ts" leaves the room; import the room\'s own name instead',
  ])
  // A room whose name begins with that of another is another room.
  assert.equal(found('log', 'a.ts', "import { a } from '../../logbook/src/a.ts'\n").length, 1)
  assert.deepEqual(found('node', 'judge/a.ts', "import { a } from '../node-error.ts'\n"), [])
})

test('tests may use actors and keys beside what their room may import, and nothing else', () => {
  const text = "import { actor } from '@comity/testkit'\nimport { sha256 } from '@comity/crypto'\n"
  assert.deepEqual(found('log', 'a.test.ts', text), [])
  assert.deepEqual(found('log', 'a.fixture.ts', text), [])
  assert.equal(found('log', 'a.ts', text).length, 2)
  assert.equal(found('log', 'a.test.ts', "import { Vault } from '@comity/node'\n").length, 1)
})

test('a room that nobody entered here does not exist', () => {
  assert.deepEqual(violations('packages/attic/src/a.ts', '', 'attic', nothing), [
    'packages/attic/src/a.ts: the room "attic" is not in scripts/rooms.ts',
  ])
})

test('rooms import downward only: no room may import one that may import it', () => {
  const order = Object.keys(rooms)
  for (const [room, { mayImport }] of Object.entries(rooms)) {
    for (const other of mayImport) assert.ok(order.indexOf(other) < order.indexOf(room), `${room} imports ${other}`)
  }
})
