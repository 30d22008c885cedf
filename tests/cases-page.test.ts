/** docs/cases.md as somebody types it: every line of it, at two nodes, does what the page says. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Person } from './cases-story/person.ts'
import { type Place, until, World } from './cases-story/world.ts'

const page = readFileSync(fileURLToPath(new URL('../docs/cases.md', import.meta.url)), 'utf8')

/** Blocks of commands, with whose they are. */
function blocksOf(text: string): readonly { readonly isOther: boolean; readonly lines: readonly string[] }[] {
  return [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => {
    const lines = block.trimEnd().split('\n')
    return { isOther: lines[0] === '# at the other side', lines: lines.filter((line) => !line.startsWith('#')) }
  })
}

/** Words as a shell takes them apart; the page quotes with nothing but single quotes. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''))
}

test('the lines of docs/cases.md do what it says of them', async (context) => {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const south = await world.found('south', 'XB')
  await world.befriend(north, south)
  for (const { keeper } of [north, south]) {
    keeper.file('facts.txt', 'Two builds of one release differ by where they are fetched from.')
    keeper.file('builds.txt', '3f2a… 77b0…')
    keeper.file('terms.txt', 'Builds are reproducible from version 4.2 on.')
  }
  const said: string[] = []
  for (const { isOther, lines } of blocksOf(page)) {
    const who: Person = isOther ? south.keeper : north.keeper
    await world.settled()
    await sameEverywhere(world, north)
    for (const line of lines) {
      const [command, ...words] = wordsOf(line)
      assert.equal(command, 'comity', line)
      const urn = `urn:comity:case:${north.keeper.urn.slice(-64)}:builds`
      const proposal = line.includes('5f3a9c1d') ? (await north.client.case(urn)).proposals[0]?.statement : undefined
      const ran = await who.run(...words.map((word) => word.replace('5f3a9c1d', proposal?.slice(0, 8) ?? '5f3a9c1d')))
      assert.equal(ran.code, 0, `${line}\n${ran.stdout}${ran.stderr}`)
      said.push(ran.stdout.replaceAll(/\s+/g, ' '))
    }
  }
  const all = said.join('\n')
  for (const says of [
    /Nothing was signed\. This would be:/,
    /document sha256:[0-9a-f]{8}…, \d+ bytes, text\/plain/,
    /effect now state Notified \(notified\) next [^,]+, until [^,]+, Africa\/Nairobi/,
    /its clocks Africa\/Nairobi, days of KE/,
    /Acknowledgement: running for respondent: you, Agency of south/,
    /respondent: you, Agency of south/,
    /state Acknowledged \(acknowledged\)/,
    /end the clock consultations|the parties agreed on the one above/,
    /state Closed \(closed\), ended/,
    /Nothing was filed: move is admitted already/,
    /code-k 1 case/,
    /cases, those opened last first: [0-9a-f]{8}….*?:builds: dispute\/1, closed, ended; it is claimant/,
    /:builds: dispute\/1, closed, ended; it is respondent opened by [0-9a-f]{8}…, entry \d+ .*what others did: entries/,
    /Reservations: gids-4: Except where the law of our seat demands a copy there\. objection of Agency of south/,
    /judicial desk@north\.example, \+254 20 1234567 hours 24\/7 languages en, fr key [0-9a-f]{16}/,
    /Answers beside the directory of contacts \(judicial\): Agency of south .*: answered in time, .* it had no judicial contact/,
    /reserved: gids-4: Except where .* objection of Agency of south \([0-9a-f]{8}…\), [0-9-]+: A copy at home is what/,
  ])
    assert.ok(says.test(all), `nothing says ${String(says)}`)
  const urn = `urn:comity:case:${north.keeper.urn.slice(-64)}:builds`
  const { items } = await south.client.caseMoves(urn)
  const files = items.flatMap(({ body }) => (body['documents'] ?? []) as readonly { readonly digest: string }[])
  assert.equal(files.length, 3, 'the builds, and the terms of both sides')
  for (const { digest } of files) await until('south has the document', () => south.client.hasDocument(digest))
  await until('both know its end', async () => {
    const both = await Promise.all([north, south].map(({ client }) => client.case(urn)))
    return both.every(({ standing, timeline }) => standing === 'ended' && timeline.at(-1)?.title === 'Reply')
  })
})

/** Until every node knows the moves that the seats have taken. */
async function sameEverywhere({ places }: World, seat: Place): Promise<void> {
  const movesOf = async ({ client }: Place): Promise<number> => {
    const { items } = await client.cases()
    const moves = await Promise.all(items.map(async ({ urn }) => (await client.caseMoves(urn)).items.length))
    return moves.reduce((sum, each) => sum + each, 0)
  }
  for (const place of places)
    await until(`${place.keeper.alias} knows it`, async () => (await movesOf(place)) === (await movesOf(seat)))
}
