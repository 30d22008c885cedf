/** The catalogue of known exploited vulnerabilities: every entry is read, and none is left out. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseKev } from '@comity/exposure'

export interface KevCorpusResult {
  readonly passed: number
  readonly failed: readonly string[]
  readonly ransomware: number
}

/** Reads the catalogue in `folder`. */
export async function kevCorpus(folder: string): Promise<KevCorpusResult> {
  const { entries, problems } = parseKev(await readFile(join(folder, 'known_exploited_vulnerabilities.json')))
  return {
    passed: entries.length,
    failed: problems.map(({ pointer, message }) => `${pointer}: ${message}`),
    ransomware: entries.filter(({ ransomware }) => ransomware === 'known').length,
  }
}
