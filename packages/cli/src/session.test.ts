import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test, type TestContext } from 'node:test'
import { ClientError } from '@comity/contract'
import { AuditError } from '@comity/node'
import { CliError } from './cli-error.ts'
import { Home } from './home/profile.ts'
import { type GlobalOptions, Session } from './session.ts'

/** A home with parties, each at the address given, and no data folder at hand. */
function homeWith(context: TestContext, nodes: Readonly<Record<string, string>>) {
  const cwd = mkdtempSync(join(tmpdir(), 'comity-session-'))
  context.after(() => rmSync(cwd, { recursive: true }))
  const home = new Home(join(cwd, 'home'))
  for (const [i, [alias, node]] of Object.entries(nodes).entries()) {
    const urn = `urn:comity:party:${String(i).repeat(64)}`
    home.create({ alias, urn, name: alias, type: 'operator', home: 'log.example', node }, new Uint8Array())
  }
  const nowhere = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  const surroundings = { cwd, env: { COMITY_HOME: home.path }, ...nowhere, now: () => 0 }
  return (options: GlobalOptions = {}) => new Session(surroundings, options)
}

const silence = new ClientError('unreachable', 'no answer from http://localhost:8480/api/v1/status: refused')

test('where a home has parties at several nodes, silence is answered by the question which node was meant', (context) => {
  const session = homeWith(context, { one: 'http://a.example', two: 'http://b.example' })
  for (const error of [silence, new AuditError('source-unreachable', 'http://localhost:8480 cannot be read')]) {
    const explained = session().explained(error)
    assert.ok(explained instanceof CliError)
    assert.equal(explained.exitCode, 4)
    assert.match(explained.message, /which node\? .*--as, .*--node/)
    assert.match(explained.choices?.text ?? '', /one +http:\/\/a\.example\n +two +http:\/\/b\.example/)
  }
})

test('silence of a node that was named, by whatever way, is what it is, and so is every other error', (context) => {
  const several = homeWith(context, { one: 'http://a.example', two: 'http://b.example' })
  const together = homeWith(context, { one: 'http://a.example', two: 'http://a.example' })
  for (const session of [several({ node: 'http://c.example' }), several({ as: 'one' }), together()]) {
    assert.equal(session.explained(silence), silence)
  }
  const refusal = new ClientError('not-permitted', 'no')
  assert.equal(several().explained(refusal), refusal)
})
