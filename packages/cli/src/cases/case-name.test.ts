/** How a case is found by what people call it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { createClient } from '@comity/contract'
import { CliError } from '../cli-error.ts'
import { Home } from '../home/profile.ts'
import { Session } from '../session.ts'
import type { BodyDesk } from './body.ts'
import { caseUrnOf, newCaseUrn } from './case-name.ts'

const party = (digit: string): string => `urn:comity:party:${digit.repeat(64)}`
const urn = (digit: string, slug: string): string => `urn:comity:case:${digit.repeat(64)}:${slug}`

/** A home of party `a`, and a node that knows these cases with who has a part in them. */
function desk(context: TestContext, cases: readonly { readonly urn: string; readonly parties: string }[]): BodyDesk {
  const folder = mkdtempSync(join(tmpdir(), 'comity-case-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const home = new Home(folder)
  home.create({ alias: 'north', urn: party('a'), name: 'North', type: 'state', home: 'log.example' }, new Uint8Array())
  const output = new PassThrough()
  const surroundings = {
    cwd: folder,
    env: { COMITY_HOME: folder },
    stdin: new PassThrough(),
    stdout: output,
    stderr: output,
  }
  const session = new Session({ ...surroundings, now: () => 0 }, {})
  const answer = (url: URL): object => {
    if (url.pathname.endsWith('/parties'))
      return { items: [{ urn: party('b'), names: [{ language: 'en', text: 'Agency of south' }] }] }
    const asked = url.searchParams.get('party')?.at(-1)
    const found = cases.filter(({ parties }) => asked === undefined || parties.includes(asked))
    return { items: found.map((each) => ({ urn: each.urn, title: 'Settlement of a dispute' })) }
  }
  const fetch = async (url: string | URL | Request) => Response.json(answer(new URL(String(url))))
  const client = createClient({ baseUrl: 'http://node.example', fetch })
  return { session, client: () => Promise.resolve(client) }
}

async function refusal(work: Promise<unknown>): Promise<CliError> {
  const error: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  assert.ok(error instanceof CliError, String(error))
  return error
}

test('a name alone is that of a case in which one has a part, else of the only one', async (context) => {
  const of = desk(context, [
    { urn: urn('a', 'builds'), parties: 'ab' },
    { urn: urn('c', 'builds'), parties: 'cd' },
    { urn: urn('d', 'contacts'), parties: 'cd' },
  ])
  assert.equal(await caseUrnOf(of, 'builds'), urn('a', 'builds'))
  assert.equal(await caseUrnOf(of, 'contacts'), urn('d', 'contacts'))
  assert.equal(await caseUrnOf(of, `${'c'.repeat(8)}…:builds`), urn('c', 'builds'))
  assert.equal(await caseUrnOf(of, `${'c'.repeat(8)}:builds`), urn('c', 'builds'))
  assert.equal(await caseUrnOf(of, urn('e', 'unheard-of')), urn('e', 'unheard-of'))
  // By its owner nobody has to be asked whether there is such a case.
  assert.equal(await caseUrnOf(of, 'north:any'), urn('a', 'any'))
  assert.equal(await caseUrnOf(of, 'Agency of south:any'), urn('b', 'any'))
  assert.equal(await caseUrnOf(of, `${party('d')}:any`), urn('d', 'any'))
})

test('a name of several cases, of none, and what can be no name are refused with what would be right', async (context) => {
  const of = desk(context, [
    { urn: urn('a', 'builds'), parties: 'ab' },
    { urn: urn('b', 'builds'), parties: 'ab' },
  ])
  const several = await refusal(caseUrnOf(of, 'builds'))
  assert.equal(several.code, 'ambiguous')
  assert.deepEqual(several.choices?.names, [urn('a', 'builds'), urn('b', 'builds')])
  assert.match(several.choices.text, /a{8}…:builds {2}Settlement of a dispute/)
  assert.equal((await refusal(caseUrnOf(of, 'none'))).code, 'not-found')
  assert.match((await refusal(caseUrnOf(of, 'Nobody at all:x'))).message, /"Nobody at all" is no party/)
  assert.match((await refusal(caseUrnOf(of, 'What is it?'))).message, /is no case/)
  assert.throws(() => newCaseUrn(party('a'), '-x'), /is no name for a case/)
  assert.throws(() => newCaseUrn(party('a'), 'adherence.code'), /adherence itself/)
  assert.equal(newCaseUrn(party('a'), '2026.builds-1'), urn('a', '2026.builds-1'))
})
