/**
 * Real SBOMs: every CycloneDX and SPDX JSON document under a folder is read. One of a version that is
 * read has to be read without a refusal; one of an older version has to be refused for that reason.
 */
import { readdir, readFile } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { ExposureError, readSbom } from '@comity/exposure'

export interface SbomCorpusResult {
  readonly passed: number
  readonly failed: readonly string[]
  /** How many of the passed ones were refused, by code and version. */
  readonly refused: Readonly<Record<string, number>>
  readonly components: number
  /** How many of the passed ones are SPDX. */
  readonly spdx: number
  /** Everything that was reported about single components, by code. */
  readonly problems: Readonly<Record<string, number>>
}

/** Reads every CycloneDX and SPDX JSON document under `folder`; other documents are passed over. */
export async function sbomCorpus(folder: string): Promise<SbomCorpusResult> {
  let passed = 0
  let components = 0
  let spdx = 0
  const failed: string[] = []
  const refused: Record<string, number> = {}
  const problems: Record<string, number> = {}
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (!file.endsWith('.json')) continue
    const path = join(folder, file)
    const specVersion = await versionIn(path)
    if (specVersion === undefined) continue
    try {
      const sbom = await readSbom(createReadStream(path))
      components += sbom.components.length
      if (sbom.metadata.format === 'SPDX') spdx += 1
      for (const [code, count] of Object.entries(sbom.counts)) problems[code] = (problems[code] ?? 0) + count
      const counted = Object.values(sbom.counts).reduce((sum, count) => sum + count, 0)
      if (counted === sbom.total) passed += 1
      else failed.push(`${file}: ${sbom.total} problems, ${counted} counted`)
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      const old = ['1.0', '1.1', '1.2', '1.3'].includes(specVersion)
      if (error.code !== 'unsupported-sbom-version' || !old) failed.push(`${file}: ${error.message}`)
      else {
        passed += 1
        const label = `${error.code} ${specVersion}`
        refused[label] = (refused[label] ?? 0) + 1
      }
    }
  }
  return { passed, failed, refused, components, spdx, problems }
}

/** The version of an SBOM, read in the plainest way; undefined for anything else. */
async function versionIn(path: string): Promise<string | undefined> {
  const json: unknown = JSON.parse(await readFile(path, 'utf8'))
  if (typeof json !== 'object' || json === null) return undefined
  if ('spdxVersion' in json) return String(json.spdxVersion)
  if (!('bomFormat' in json) || json.bomFormat !== 'CycloneDX') return undefined
  return 'specVersion' in json ? String(json.specVersion) : ''
}
