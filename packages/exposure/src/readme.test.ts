/** The example of the README runs and prints what the README says. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'

it('the example of the README prints what the README says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const block = (language: string): string => {
    const found = new RegExp(`\`\`\`${language}\\n(?<body>[\\s\\S]*?)\`\`\``).exec(readme)?.groups?.['body']
    return found ?? assert.fail(`the README has no ${language} block`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'comity-readme-'))
  try {
    const file = join(folder, 'example.mts')
    const room = new URL('index.ts', import.meta.url).href
    await writeFile(file, block('ts').replaceAll("'@comity/exposure'", JSON.stringify(room)))
    const { stdout } = await promisify(execFile)(process.execPath, [file])
    assert.equal(stdout, block('text'))
  } finally {
    await rm(folder, { recursive: true })
  }
})
