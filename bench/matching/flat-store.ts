/**
 * How `@renovatebot/osv-offline` finds the advisories of a package (github.com/renovatebot/osv-offline, commit 6b3e602,
 * `packages/osv-offline-db/src/lib/db.ts`), in words of our own: a file for each ecosystem with one record a line; a map
 * from names to places in it, built when the ecosystem is first asked about; and at each query a look whether the file is
 * still the same, a read and a parse of each record, and a filter by name, ecosystem and package URL. What asks it then
 * evaluates each record. The long texts of the records are left out here, which is to its advantage.
 */
import { closeSync, mkdirSync, openSync, read, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Advisory, evaluateRule } from '@comity/exposure'

const purlTypes: Readonly<Record<string, string>> = { Go: 'golang', PyPI: 'pypi', npm: 'npm' }

/** As that library reads: through a file handle's promises it would take longer. */
const readInto = promisify(read)

interface Place {
  readonly offset: number
  readonly length: number
}

interface Ecosystem {
  readonly path: string
  readonly modified: number
  readonly file: number
  readonly places: ReadonlyMap<string, readonly Place[]>
}

export class FlatStore {
  readonly #ecosystems = new Map<string, Ecosystem>()

  static async open(folder: string, advisories: readonly Advisory[]): Promise<FlatStore> {
    const store = new FlatStore()
    mkdirSync(folder)
    for (const ecosystem of Object.keys(purlTypes)) {
      const records = advisories
        .map((advisory) => recordOf(advisory, ecosystem))
        .filter((record) => record !== undefined)
      if (records.length > 0) store.#ecosystems.set(ecosystem, await write(join(folder, `${ecosystem}.nedb`), records))
    }
    return store
  }

  /** The advisories of a package that affect a version, as that library's user finds them. */
  async affecting(ecosystem: string, name: string, version: string): Promise<readonly string[]> {
    const records = await this.#query(ecosystem, name)
    return records.filter((record) => affects(record, ecosystem, name, version)).map(({ id }) => id)
  }

  close(): void {
    for (const { file } of this.#ecosystems.values()) closeSync(file)
  }

  async #query(ecosystem: string, name: string): Promise<readonly Advisory[]> {
    const data = this.#ecosystems.get(ecosystem)
    if (data === undefined) return []
    const { mtimeMs } = await stat(data.path)
    if (mtimeMs !== data.modified) throw new Error(`${data.path} has changed`)
    const places = data.places.get(name) ?? []
    const records = await Promise.all(
      places.map(async ({ offset, length }): Promise<Advisory> => {
        const buffer = Buffer.allocUnsafe(length)
        const { bytesRead } = await readInto(data.file, buffer, 0, length, offset)
        return JSON.parse(buffer.toString('utf8', 0, bytesRead))
      }),
    )
    const purl = purlOf(ecosystem, name)
    return records.filter(({ affected }) =>
      affected.some((each) => each.name === name && each.ecosystem === ecosystem && each.purl === purl),
    )
  }
}

/** The record as the public export of all ecosystems has it: each package with its package URL. */
function recordOf(advisory: Advisory, ecosystem: string): Advisory | undefined {
  const affected = advisory.affected.map((each) => ({ ...each, purl: purlOf(each.ecosystem, each.name) }))
  return affected.some((each) => each.ecosystem === ecosystem) ? { ...advisory, affected } : undefined
}

function purlOf(ecosystem: string, name: string): string {
  return `pkg:${purlTypes[ecosystem]}/${name.split('/').map(encodeURIComponent).join('/')}`
}

async function write(path: string, records: readonly Advisory[]): Promise<Ecosystem> {
  const places = new Map<string, Place[]>()
  const lines: string[] = []
  let offset = 0
  for (const record of records) {
    const line = JSON.stringify(record)
    const length = Buffer.byteLength(line)
    for (const name of new Set(record.affected.map((each) => each.name))) {
      const known = places.get(name)
      if (known === undefined) places.set(name, [{ offset, length }])
      else known.push({ offset, length })
    }
    lines.push(line)
    offset += length + 1
  }
  writeFileSync(path, `${lines.join('\n')}\n`)
  return { path, modified: (await stat(path)).mtimeMs, file: openSync(path, 'r'), places }
}

function affects({ id, affected, withdrawn }: Advisory, ecosystem: string, name: string, version: string): boolean {
  if (withdrawn !== undefined) return false
  return affected.some((each) => {
    if (each.name !== name || each.ecosystem !== ecosystem) return false
    const { ranges, versions, pointer } = each
    return (
      evaluateRule({ key: name, advisory: id, ecosystem, name, ranges, versions, pointer }, version).state ===
      'affected'
    )
  })
}
