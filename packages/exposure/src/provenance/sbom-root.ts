/**
 * What an SBOM says of the digests of the very thing it is an inventory of: `metadata.component.hashes` of CycloneDX,
 * the `checksums` of the one package that an SPDX 2 document describes, `verifiedUsing` of the root element of SPDX 3.
 */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { JsonMembers, type MemberSink } from '../json/json-members.ts'
import { defaultSbomLimits, type SbomLimits } from '../sbom/sbom-limits.ts'
import { type DigestSet, fileDigests } from './digest-set.ts'

export interface SbomRoot {
  readonly name: string
  /** Empty where the SBOM gives none that ties files. */
  readonly digests: DigestSet
}

/**
 * Reads the root of an SBOM without the rest of it. Undefined where the document describes nothing, or more than one
 * thing. Throws `ExposureError`: `not-json`, `not-utf-8`, `too-large`, `too-deep`.
 */
export function readSbomRoot(bytes: Uint8Array, limits: Partial<SbomLimits> = {}): SbomRoot | undefined {
  const all = { ...defaultSbomLimits, ...limits }
  if (bytes.length > all.bytes) throw new ExposureError('too-large', `an SBOM may have ${all.bytes} octets`)
  const sink = new RootSink()
  const members = new JsonMembers(sink, all)
  members.push(bytes)
  members.end()
  return sink.root()
}

class RootSink implements MemberSink {
  #main: SbomRoot | undefined
  /** References of what the document describes. */
  readonly #described = new Set<string>()
  readonly #byRef = new Map<string, SbomRoot>()
  /** SPDX 3: an element may be rooted in another one, a document in an SBOM in a package. */
  readonly #roots = new Map<string, readonly string[]>()

  member(name: string, value: unknown): void {
    if (name !== 'metadata' || !isObject(value) || !isObject(value['component'])) return
    const { component } = value
    this.#main = rootOf(component['name'], component['hashes'], 'alg', 'content')
  }

  array(): void {}

  element(name: string, _index: number, value: unknown): void {
    if (name === 'documentDescribes' && typeof value === 'string') this.#described.add(value)
    if (!isObject(value)) return
    if (name === 'relationships') this.#relate(value)
    else if (name === 'packages' && typeof value['SPDXID'] === 'string') {
      this.#byRef.set(value['SPDXID'], rootOf(value['name'], value['checksums'], 'algorithm', 'checksumValue'))
    } else if (name === '@graph') this.#addElement(value)
  }

  root(): SbomRoot | undefined {
    if (this.#main !== undefined) return this.#main
    const described = [...new Set([...this.#described].slice(0, 16).flatMap((ref) => this.#end(ref)))]
    const [only, second] = described
    return only === undefined || second !== undefined ? undefined : this.#byRef.get(only)
  }

  #relate({ spdxElementId: from, relatedSpdxElement: to, relationshipType: type }: Record<string, unknown>): void {
    if (type === 'DESCRIBES' && from === 'SPDXRef-DOCUMENT' && typeof to === 'string') this.#described.add(to)
    if (type === 'DESCRIBED_BY' && to === 'SPDXRef-DOCUMENT' && typeof from === 'string') this.#described.add(from)
  }

  #addElement(value: Readonly<Record<string, unknown>>): void {
    const id = value['spdxId'] ?? value['@id']
    const type = value['type'] ?? value['@type']
    if (typeof id !== 'string' || typeof type !== 'string') return
    const roots = listOf(value['rootElement']).filter((each) => typeof each === 'string')
    if (type === 'SpdxDocument') for (const each of roots) this.#described.add(each)
    if (roots.length > 0) this.#roots.set(id, roots)
    else if (type.startsWith('software_')) {
      this.#byRef.set(id, rootOf(value['name'], value['verifiedUsing'], 'algorithm', 'hashValue'))
    }
  }

  /** What an element is rooted in, through at most three others. */
  #end(ref: string, depth = 0): readonly string[] {
    const next = this.#roots.get(ref)
    return next === undefined || depth === 3 ? [ref] : next.slice(0, 16).flatMap((each) => this.#end(each, depth + 1))
  }
}

function rootOf(name: unknown, hashes: unknown, algorithmName: string, valueName: string): SbomRoot {
  const digests: [string, string][] = []
  for (const each of listOf(hashes).slice(0, 64)) {
    if (!isObject(each)) continue
    const { [algorithmName]: algorithm, [valueName]: value } = each
    if (typeof algorithm !== 'string' || typeof value !== 'string') continue
    const known = algorithm.toLowerCase().replaceAll(/[-_]/g, '')
    const hex = value.toLowerCase()
    if (Object.hasOwn(fileDigests, known) && fileDigests[known] === hex.length && /^[0-9a-f]+$/.test(hex)) {
      digests.push([known, hex])
    }
  }
  return { name: typeof name === 'string' ? name.slice(0, 256) : '', digests: Object.fromEntries(digests) }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
