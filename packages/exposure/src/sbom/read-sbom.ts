/**
 * Reads SBOMs as a stream, in memory that grows with the number of components and dependencies and not
 * with the size of the document. Which of the formats it is, its members tell as they come:
 *
 *     { "bomFormat": "CycloneDX", "specVersion": "1.6", "components": […] }           CycloneDX, ECMA-424
 *     { "spdxVersion": "SPDX-2.3", "packages": […], "relationships": […] }            SPDX 2.3
 *     { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": […] } SPDX 3.0
 */
import { ExposureError } from '../exposure-error.ts'
import type { MemberSink } from '../json/json-members.ts'
import { isObject } from '../json/json-object.ts'
import { readMembers } from '../json/read-members.ts'
import { jsonPointer } from '../problem.ts'
import { CycloneDxReader, cycloneDxMembers } from './cyclonedx.ts'
import type { Sbom, SbomReader } from './inventory.ts'
import { defaultSbomLimits, type SbomLimits } from './sbom-limits.ts'
import { spdx2Members, Spdx2Reader } from './spdx-2.ts'
import { spdx3Members, Spdx3Reader } from './spdx-3.ts'

/**
 * Reads an inventory: CycloneDX 1.4 to 1.7, SPDX 2.2 and 2.3, or SPDX 3.0, as JSON.
 *
 * A document that is none is refused with `ExposureError`: `not-json`, `not-utf-8`, `not-an-sbom`,
 * `unsupported-sbom-version`, `bad-sbom`, or one of the limits (`too-large`, `too-deep`, `too-many`).
 * What is wrong with a single component or dependency is listed in `problems` with its JSON pointer
 * and counted in `counts`; the component stays in the list.
 */
export async function readSbom(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  limits: Partial<SbomLimits> = {},
): Promise<Sbom> {
  const all = { ...defaultSbomLimits, ...limits }
  const chooser = new Chooser(all)
  await readMembers(source, chooser, all, 'an SBOM')
  return chooser.finish()
}

const formats = [
  { name: 'CycloneDX', marker: 'bomFormat', members: cycloneDxMembers, Reader: CycloneDxReader },
  { name: 'SPDX 2', marker: 'spdxVersion', members: spdx2Members, Reader: Spdx2Reader },
  { name: 'SPDX 3', marker: '@graph', members: spdx3Members, Reader: Spdx3Reader },
] as const

/** Hands the members to the reader of the first format that one of them belongs to. */
class Chooser implements MemberSink {
  readonly #limits: SbomLimits
  #reader: SbomReader | undefined
  #name = ''

  constructor(limits: SbomLimits) {
    this.#limits = limits
  }

  member(name: string, value: unknown): void {
    this.#choose(name)
    if (this.#reader === undefined) checkWrapped(name, value)
    this.#reader?.member(name, value)
  }

  array(name: string): void {
    this.#choose(name)
    this.#reader?.array(name)
  }

  element(name: string, index: number, value: unknown): void {
    this.#reader?.element(name, index, value)
  }

  finish(): Sbom {
    if (this.#reader !== undefined) return this.#reader.finish()
    throw new ExposureError('not-an-sbom', 'this is no SBOM: it has no "bomFormat", "spdxVersion" or "@graph"')
  }

  #choose(member: string): void {
    const marked = formats.find(({ marker }) => marker === member)
    if (this.#reader === undefined) {
      const format = marked ?? formats.find(({ members }) => members.has(member))
      if (format === undefined) return
      this.#reader = new format.Reader(this.#limits)
      this.#name = format.name
    } else if (marked !== undefined && marked.name !== this.#name) {
      // Two readers could otherwise see two different inventories in one document.
      const reason = `it begins like ${this.#name} and has the "${member}" of ${marked.name}`
      throw new ExposureError('not-an-sbom', `this is no SBOM: ${reason}`, `/${member}`)
    }
  }
}

/** Some services wrap the document into one member; it has to be taken out first. */
function checkWrapped(name: string, value: unknown): void {
  if (!isObject(value)) return
  const wrapped = formats.find(({ marker }) => value[marker] !== undefined)
  if (wrapped === undefined) return
  const pointer = jsonPointer(name.slice(0, 80))
  throw new ExposureError('not-an-sbom', `the ${wrapped.name} document inside this one has to be given alone`, pointer)
}
