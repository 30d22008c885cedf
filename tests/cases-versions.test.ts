/** A node whose program is renewed while a case is open: the case keeps the version that it was opened with. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { CaseResponse } from '@comity/contract'
import { type Corner, corner } from '../packages/cli/src/cli.fixture.ts'

const insecure = '--insecure-no-passphrase'
const release = fileURLToPath(new URL('cases-versions/newer-release.ts', import.meta.url))

const notice = ['--set', 'respondents=South', '--set', 'subject=Updates', '--set', 'urgency=normal'] as const
const basis = ['--set', 'basis=Two builds differ.'] as const

/** From the day of the notice to the end of the clock, in days. */
async function given(at: Corner, name: string, ...data: readonly string[]): Promise<[string, number]> {
  const shown = await at.json<CaseResponse>('case', 'show', name, ...data)
  const clock = shown.clocks.find((each) => each.name === 'acknowledgement') ?? assert.fail('no such clock')
  return [shown.procedure, Math.floor((clock.deadlineAt - shown.openedAt) / 86_400)]
}

test('a case that is open when a newer version of its procedure comes goes on under its own', async (context) => {
  const before = corner(context)
  await before.json('init', '--name', 'North', '--type', 'state', '--state', 'XA', '--as', 'north', insecure)
  await before.json('party', 'create', 'south', '--name', 'South', '--type', 'state', '--state', 'XB', insecure)
  await before.json('case', 'open', 'dispute', 'old', '--as', 'north', ...notice, ...basis)
  assert.deepEqual(await given(before, 'old'), ['dispute/1', 10])

  // The same folders under the newer release.
  const home = join(before.path, 'home')
  const after = corner(context, {
    home,
    env: { NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${release}` },
  })
  const data = ['--data', join(before.path, 'data')]
  assert.deepEqual(await given(after, 'old', ...data), ['dispute/1', 10])
  await after.json('case', 'open', 'dispute', 'new', '--as', 'north', ...notice, ...basis, ...data)
  assert.deepEqual(await given(after, 'new', ...data), ['dispute/2', 90])
  // What is in a log lies open for ever.
  const hidden = await after.run('case', 'move', 'new', 'consult', '--as', 'south', ...data)
  assert.equal(hidden.code, 3, hidden.stdout)
  assert.match(
    hidden.stderr.replaceAll(/\s+/g, ' '),
    /consult is seen by parties alone: it cannot be registered in a log.*code not-public/,
  )
  for (const name of ['old', 'new']) await after.json('case', 'move', name, 'acknowledge', '--as', 'south', ...data)
  assert.deepEqual(await given(after, 'old', ...data), ['dispute/1', 10])

  // Views that were made anew, and an auditor who has both versions, come to the same.
  await after.json('rebuild', ...data)
  assert.deepEqual(await given(after, 'old', ...data), ['dispute/1', 10])
  await after.json('findings', '--publish', '--as', 'north', ...data)
  const { verdict } = await after.json<{ verdict: string }>('audit', data[1] ?? '')
  assert.equal(verdict, 'equal')
  // Who has the older release alone says what he lacks, and changes nothing.
  const ran = await before.run('case', 'move', 'new', 'reply', '--as', 'north', '--set', 'text=We note it.')
  assert.notEqual(ran.code, 0)
  assert.match(`${ran.stdout}${ran.stderr}`, /dispute\/2/)
})
