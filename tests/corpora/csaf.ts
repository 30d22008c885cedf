/**
 * Real CSAF documents: every one is read, and every vulnerability of it says something about a product.
 * What else lies in the folder, such as the feed that lists the documents, is refused for what it is.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ExposureError, parseCsaf } from '@comity/exposure'

export interface CsafCorpusResult {
  readonly passed: number
  readonly failed: readonly string[]
  readonly products: number
  /** Products by how their version is given. */
  readonly versions: Readonly<Record<string, number>>
  /** What vulnerabilities mean for products. */
  readonly states: Readonly<Record<string, number>>
  readonly refused: readonly string[]
  readonly problems: Readonly<Record<string, number>>
}

/** Reads every JSON document under `folder`. */
export async function csafCorpus(folder: string): Promise<CsafCorpusResult> {
  let passed = 0
  let products = 0
  const failed: string[] = []
  const refused: string[] = []
  const versions: Record<string, number> = {}
  const states: Record<string, number> = {}
  const problems: Record<string, number> = {}
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (!file.endsWith('.json')) continue
    try {
      const { advisory, counts, total } = parseCsaf(await readFile(join(folder, file)))
      products += advisory.products.length
      for (const { version } of advisory.products) count(versions, version?.kind ?? 'no version')
      for (const { state } of advisory.vulnerabilities.flatMap((each) => each.states)) count(states, state)
      for (const [code, more] of Object.entries(counts)) count(problems, code, more)
      const counted = Object.values(counts).reduce((sum, more) => sum + more, 0)
      const silent = advisory.vulnerabilities.filter((each) => each.states.length === 0)
      if (counted !== total) failed.push(`${file}: ${total} problems, ${counted} counted`)
      else if (silent.length > 0) failed.push(`${file}: ${silent.length} vulnerabilities concern no product`)
      else passed += 1
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      // A feed names the documents and is none.
      if (error.code === 'not-csaf' && basename(file).includes('feed'))
        refused.push(`${basename(file)} (${error.code})`)
      else failed.push(`${file}: ${error.message}`)
    }
  }
  return { passed, failed, products, versions, states, refused, problems }
}

function count(counts: Record<string, number>, name: string, more = 1): void {
  counts[name] = (counts[name] ?? 0) + more
}
