/** The story of a federation that `npm run story` tells comes out as it should, and an operator's page is in it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { play } from './federation-story/story.ts'

const page = fileURLToPath(new URL('../docs/federation.md', import.meta.url))
const main = fileURLToPath(new URL('federation-story/main.ts', import.meta.url))

test('three nodes in three States: one is lost, a forger is caught, a party moves, and all is audited', async () => {
  const lines: string[] = []
  const outcome = await play((line) => lines.push(line))
  for (const line of lines.flatMap((text) => text.split('\n'))) assert.ok([...line].length <= 80, line)
  assert.deepEqual(outcome.provenBy, ['north', 'east'])
  assert.ok(outcome.moved.before > 0 && outcome.moved.after > 0)
  assert.ok(outcome.recovered > 0 && outcome.carried > 0)
  assert.match(outcome.audit, /^EQUAL/)

  // Every command that the page for operators shows was played, with each option that it shows there.
  const shown = commandsOf(readFileSync(page, 'utf8'))
  assert.ok(shown.length > 20, shown.join('\n'))
  const missing = shown.filter((command) => !outcome.played.some((words) => isPlayed(command, words)))
  assert.deepEqual(missing, [], 'these commands of docs/federation.md are not in the story')
})

test('a story that is interrupted leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'comity-interrupted-'))
  try {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const ended = once(child, 'close')
    // Until nodes run, and further commands.
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('$ comity peer add')) break
    assert.equal(readdirSync(folder).length, 1)
    child.kill('SIGINT')
    child.stdout.resume()
    assert.deepEqual(await ended, [130, null])
    assert.deepEqual(readdirSync(folder), [])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Command lines in blocks and between backquotes, without the name of the command. */
function commandsOf(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n'))
  const inline = [...markdown.replaceAll(/```.*?```/gs, '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
  return [...blocks, ...inline].flatMap((line) => /(?:^|\$ +)comity (.*)/.exec(line)?.[1]?.replace(/ +#.*/, '') ?? [])
}

/** Whether a command that was played has the words of one that is shown, and its options. */
function isPlayed(shown: string, played: readonly string[]): boolean {
  const words = shown.split(' ')
  const end = words.findIndex((word) => !/^[a-z]+$/.test(word))
  const verbs = end === -1 ? words : words.slice(0, end)
  const options = words.filter((word) => word.startsWith('--'))
  return verbs.every((verb, i) => played[i] === verb) && options.every((option) => played.includes(option))
}
