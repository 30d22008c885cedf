import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { toHex } from './hex.ts'
import { receipts } from './cases/receipts.fixture.ts'
import { bytesOf } from './cases/material.fixture.ts'
import { port } from './signers.fixture.ts'
import { decodeStatement } from './statement.ts'

const root = new URL('../../../', import.meta.url)
const tools = ['bash', 'openssl', 'jq', 'xxd', 'base64']
const missing = tools.filter((tool) => spawnSync(tool, ['--help']).error !== undefined)
const skip = missing.length > 0 && `not on this machine: ${missing.join(', ')}`

/** The shell text of docs/formats.md. */
function recipe(): string {
  const page = readFileSync(new URL('docs/formats.md', root), 'utf8')
  return /```sh\n(.*?)```/s.exec(page)?.[1] ?? assert.fail('docs/formats.md has no shell text')
}

function run(script: string) {
  return spawnSync('bash', ['-c', script], { cwd: fileURLToPath(root), encoding: 'utf8' })
}

test('the recipe of docs/formats.md verifies a statement and its receipt with openssl and jq', { skip }, () => {
  for (const name of ['first of seven', 'fourth of seven', 'last of seven']) {
    const leaf = receipts.cases.find((each) => each.name === name && 'leaf' in each)
    const { id } = decodeStatement(bytesOf(leaf !== undefined && 'leaf' in leaf ? leaf.leaf : ''), port)
    const { stdout, stderr, status } = run(recipe().replaceAll('fourth of seven', name))
    assert.equal(status, 0, stderr)
    const success = 'Signature Verified Successfully'
    assert.deepEqual(stdout.trim().split('\n'), [id, success, '{}', `receipt: ${success}`])
  }
})

test('the recipe fails on a receipt that belongs to another entry', { skip }, () => {
  const other = receipts.cases.find((each) => each.name === 'receipt of another entry')
  assert.ok(other !== undefined && toHex(bytesOf(other.receipt)) === other.receipt)
  const { status } = run(recipe().replaceAll('fourth of seven', other.name))
  assert.notEqual(status, 0)
})
