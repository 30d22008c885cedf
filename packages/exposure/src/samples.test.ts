/** The sample inventory against the sample advisories, as the sample register shows them. */
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'node:test'
import { knownOfOsv } from './match/known-advisories.ts'
import { match } from './match/match.ts'
import { parseOsv } from './osv/read-osv.ts'
import { readSbom } from './sbom/read-sbom.ts'

const folder = fileURLToPath(new URL('../../../samples/', import.meta.url))

/** Advisory, state and component of every match and every near miss. */
const expected = [
  'GO-2022-0603 not_affected gopkg.in/yaml.v3@v3.0.1',
  'GO-2022-1059 not_affected golang.org/x/text@v0.14.0',
  'GO-2023-2102 not_affected stdlib@1.21.5',
  'GO-2023-2102 not_affected golang.org/x/net@v0.17.0',
  'GO-2023-2153 affected google.golang.org/grpc@v1.57.0',
  'GO-2023-2402 affected golang.org/x/crypto@v0.16.0',
  'GO-2024-2611 affected google.golang.org/protobuf@v1.31.0',
  'GO-2024-2687 affected stdlib@1.21.5',
  'GO-2024-2687 affected golang.org/x/net@v0.17.0',
  'GO-2024-3321 affected golang.org/x/crypto@v0.16.0',
  'GO-2024-3333 affected golang.org/x/net@v0.17.0',
  'GO-2025-3553 affected github.com/golang-jwt/jwt/v4@v4.5.0',
  'GO-2025-3553 not_affected github.com/golang-jwt/jwt/v5@v5.2.2',
]

describe('the samples', async () => {
  const inventory = await readSbom(createReadStream(`${folder}operator-inventory.cdx.json`))
  const files = (await readdir(folder)).filter((file) => file.startsWith('GO-')).sort()

  it('are read without a single problem', async () => {
    assert.deepEqual(inventory.problems, [])
    assert.ok(files.length <= 10)
    for (const file of files) assert.deepEqual(parseOsv(await readFile(folder + file)).problems, [], file)
  })

  it('name where they come from', async () => {
    for (const file of files) {
      const { advisory } = parseOsv(await readFile(folder + file))
      assert.match(await readFile(folder + file, 'utf8'), new RegExp(`https://pkg.go.dev/vuln/${advisory.id}"`))
    }
  })

  it('match as expected', async () => {
    const found: string[] = []
    for (const file of files) {
      const { advisory } = parseOsv(await readFile(folder + file))
      for (const component of inventory.components) {
        const { state, why } = match(component, knownOfOsv(advisory))
        if (why.reason === 'not-named' || why.reason === 'no-purl') continue
        found.push(`${advisory.id} ${state} ${component.name}@${component.version}`)
      }
    }
    assert.deepEqual(found, expected)
  })
})
