/** What refusals are looked at with, and the dispute in which most of them happen. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Person, Words } from './person.ts'
import { type Place, until, World } from './world.ts'

export interface Failure {
  readonly exitCode: number
  readonly code: string
  readonly message: string
  readonly pointer?: string
  readonly choices?: readonly string[]
  /** What people see, as one line. */
  readonly said: string
}

/** Runs a command that is to be refused, for a program and for people. */
export async function refusalOf(who: Person, ...words: readonly Words[]): Promise<Failure> {
  const args = words.flat()
  const asJson = await who.run(...args, '--json')
  assert.notEqual(asJson.code, 0, `comity ${args.join(' ')}: ${asJson.stdout}`)
  assert.equal(asJson.stdout, '', args.join(' '))
  const said = await who.run(...args)
  assert.equal(said.code, asJson.code)
  const { error } = JSON.parse(asJson.stderr)
  return { exitCode: asJson.code, ...error, said: said.stderr.replaceAll(/\s+/g, ' ') }
}

export interface Stage {
  readonly world: World
  readonly north: Place
  readonly south: Place
}

export async function staged(context: TestContext): Promise<Stage> {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const south = await world.found('south', 'XB')
  await world.befriend(north, south)
  return { world, north, south }
}

const facts = ['--set', 'subject=Updates', '--set', 'urgency=normal', '--set', 'basis=Two builds differ.'] as const

export const notice = (slug: string, ...more: readonly string[]): readonly string[] => [
  'case',
  'open',
  'dispute',
  slug,
  '--set',
  'respondents=Agency of south',
  ...facts,
  ...more,
]

/** Until a node knows a case. */
export async function known(at: Place, urn: string): Promise<void> {
  await until(`${at.keeper.alias} knows it`, () =>
    at.client.case(urn).then(
      () => true,
      () => false,
    ),
  )
}
