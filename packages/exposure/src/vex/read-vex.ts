/** Reads VEX documents as a stream: OpenVEX, or the vulnerabilities of a CycloneDX document. */
import { ExposureError } from '../exposure-error.ts'
import type { MemberSink } from '../json/json-members.ts'
import { readMembers } from '../json/read-members.ts'
import { CycloneDxVexReader } from './cyclonedx-vex.ts'
import { OpenVexReader } from './open-vex.ts'
import { defaultVexLimits, type VexLimits } from './vex-limits.ts'
import type { VexDocument } from './vex-statement.ts'

/**
 * Reads the statements of a VEX document.
 *
 * A document that is none is refused with `ExposureError`: `not-json`, `not-utf-8`, `not-vex`,
 * `unsupported-advisory-version`, or one of the limits (`too-large`, `too-deep`, `too-many`). A
 * statement that does not say what about which vulnerability, or that says *not affected* without the
 * reason its format demands, is listed in `problems` with its pointer and is not among the statements.
 */
export async function readVex(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  limits: Partial<VexLimits> = {},
): Promise<VexDocument> {
  const all = { ...defaultVexLimits, ...limits }
  const chooser = new Chooser(all)
  await readMembers(source, chooser, all, 'a VEX document')
  return chooser.finish()
}

const cycloneDxMembers = new Set([
  'bomFormat',
  'specVersion',
  'serialNumber',
  'metadata',
  'components',
  'vulnerabilities',
])
const openVexMembers = new Set([
  '@context',
  '@id',
  'author',
  'role',
  'timestamp',
  'last_updated',
  'statements',
  'tooling',
])

/** Hands the members to the reader of the first format that one of them belongs to. */
class Chooser implements MemberSink {
  readonly #limits: VexLimits
  #reader: (MemberSink & { readonly finish: () => VexDocument }) | undefined
  /** The one member that both formats have. */
  #version: unknown

  constructor(limits: VexLimits) {
    this.#limits = limits
  }

  member(name: string, value: unknown): void {
    if (name === 'version') this.#version = value
    this.#choose(name)
    this.#reader?.member(name, value)
  }

  array(name: string): void {
    this.#choose(name)
    this.#reader?.array(name)
  }

  element(name: string, index: number, value: unknown): void {
    this.#reader?.element(name, index, value)
  }

  finish(): VexDocument {
    if (this.#reader !== undefined) return this.#reader.finish()
    throw new ExposureError('not-vex', 'this is neither an OpenVEX nor a CycloneDX document')
  }

  #choose(name: string): void {
    const isCycloneDx = cycloneDxMembers.has(name)
    const isOpenVex = openVexMembers.has(name)
    if (this.#reader !== undefined) {
      const wrong = this.#reader instanceof OpenVexReader ? name === 'bomFormat' : name === '@context'
      if (!wrong) return
      // Two readers could otherwise see two different documents in one.
      throw new ExposureError('not-vex', 'it has members of OpenVEX and of CycloneDX', `/${name}`)
    }
    if (isCycloneDx) this.#reader = new CycloneDxVexReader(this.#limits)
    else if (isOpenVex) this.#reader = new OpenVexReader(this.#limits)
    if (this.#version !== undefined) this.#reader?.member('version', this.#version)
  }
}
