/** Real CycloneDX documents with vulnerabilities: every statement in them is read, or it is said why not. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExposureError, readVex } from '@comity/exposure'

export interface VexCorpusResult {
  readonly passed: number
  readonly failed: readonly string[]
  readonly states: Readonly<Record<string, number>>
  readonly problems: Readonly<Record<string, number>>
}

/** Reads every CycloneDX document under `folder` that has vulnerabilities. */
export async function vexCorpus(folder: string): Promise<VexCorpusResult> {
  let passed = 0
  const failed: string[] = []
  const states: Record<string, number> = {}
  const problems: Record<string, number> = {}
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (!file.endsWith('.json')) continue
    const bytes = await readFile(join(folder, file))
    if (!bytes.includes('"bomFormat"') || !bytes.includes('"vulnerabilities"')) continue
    try {
      const { statements, counts } = await readVex(bytes)
      passed += 1
      for (const { state } of statements) states[state] = (states[state] ?? 0) + 1
      for (const [code, more] of Object.entries(counts)) problems[code] = (problems[code] ?? 0) + more
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      failed.push(`${file}: ${error.message}`)
    }
  }
  return { passed, failed, states, problems }
}
