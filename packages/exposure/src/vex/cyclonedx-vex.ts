/**
 * The VEX of CycloneDX 1.4 to 1.7 (ECMA-424, vulnerabilities): what the analysis of a vulnerability
 * says of the components it affects, which stand in the same document or in another one that a
 * BOM-Link (`urn:cdx:…`) names.
 */
import { ExposureError } from '../exposure-error.ts'
import { Fields, present } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { ProblemCollector, quoted } from '../problem.ts'
import type { MemberSink } from '../json/json-members.ts'
import { readVers } from '../vers/parse-vers.ts'
import { identify } from './identify.ts'
import type { VexLimits } from './vex-limits.ts'
import type {
  VexComponent,
  VexDocument,
  VexJustification,
  VexProduct,
  VexState,
  VexStatement,
  VexVersion,
} from './vex-statement.ts'

const states: Readonly<Record<string, VexState>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under_investigation',
  false_positive: 'not_affected',
  not_affected: 'not_affected',
}

const reasons: Readonly<Record<string, VexJustification>> = {
  code_not_present: 'vulnerable_code_not_present',
  code_not_reachable: 'vulnerable_code_not_in_execute_path',
  requires_configuration: 'requires_configuration',
  requires_dependency: 'requires_dependency',
  requires_environment: 'requires_environment',
  protected_by_compiler: 'inline_mitigations_already_exist',
  protected_at_runtime: 'inline_mitigations_already_exist',
  protected_at_perimeter: 'inline_mitigations_already_exist',
  protected_by_mitigating_control: 'inline_mitigations_already_exist',
}

/** A product whose reference is resolved once all components are known. */
interface Affected {
  readonly ref: string
  readonly pointer: string
  readonly versions: readonly VexVersion[]
}

type Unresolved = Omit<VexStatement, 'products'> & { readonly affected: readonly Affected[] }

export class CycloneDxVexReader implements MemberSink {
  readonly #limits: VexLimits
  readonly #problems: ProblemCollector
  readonly #head: Record<string, unknown> = {}
  readonly #components = new Map<string, VexComponent>()
  readonly #statements: Unresolved[] = []
  #products = 0

  constructor(limits: VexLimits) {
    this.#limits = limits
    this.#problems = new ProblemCollector(limits.problems)
  }

  member(name: string, value: unknown): void {
    if (name === 'bomFormat' && value !== 'CycloneDX') {
      throw new ExposureError('not-vex', '"bomFormat" is not "CycloneDX"', '/bomFormat')
    }
    if (name === 'specVersion' && !(typeof value === 'string' && /^1\.[4-7]$/.test(value))) {
      throw new ExposureError('unsupported-advisory-version', 'VEX of CycloneDX 1.4 to 1.7 is read', '/specVersion')
    }
    if (name === 'vulnerabilities')
      throw new ExposureError('not-vex', '"vulnerabilities" is an array', '/vulnerabilities')
    if (['bomFormat', 'specVersion', 'serialNumber', 'version', 'metadata'].includes(name)) this.#head[name] = value
    if (name === 'metadata' && isObject(value)) this.#addComponent(value['component'], '/metadata/component')
  }

  array(): void {
    // Arrays show themselves by their elements.
  }

  element(name: string, index: number, value: unknown): void {
    if (name === 'components' || name === 'services') this.#addComponent(value, `/${name}/${index}`)
    if (name !== 'vulnerabilities') return
    const pointer = `/vulnerabilities/${index}`
    if (!isObject(value)) {
      this.#problems.add('bad-field', pointer, 'a vulnerability is an object')
      return
    }
    if (this.#statements.length >= this.#limits.statements) {
      throw new ExposureError('too-many', `at most ${this.#limits.statements} statements are read`, pointer)
    }
    const statement = this.#readVulnerability(new Fields(value, pointer, this.#problems, this.#limits))
    if (statement !== undefined) this.#statements.push(statement)
  }

  finish(): VexDocument {
    if (this.#head['bomFormat'] === undefined) {
      throw new ExposureError('not-vex', 'it has neither the "@context" of OpenVEX nor the "bomFormat" of CycloneDX')
    }
    if (this.#head['specVersion'] === undefined) {
      throw new ExposureError('not-vex', 'a CycloneDX document has a "specVersion"', '/specVersion')
    }
    const head = new Fields(this.#head, '', this.#problems, this.#limits)
    const metadata = head.object('metadata')
    const issuedAt = metadata?.text('timestamp')
    const supplier = metadata?.object('supplier') ?? metadata?.object('manufacturer') ?? metadata?.object('manufacture')
    const author = supplier?.text('name') ?? metadata?.objects('authors')[0]?.text('name')
    const document = present({ id: head.text('serialNumber'), author, issuedAt, version: head.count('version') })
    const statements = this.#statements.map(({ affected, ...rest }) => ({
      ...rest,
      ...present({ issuedAt: rest.issuedAt ?? issuedAt }),
      products: affected.map((each) => this.#resolved(each)),
    }))
    return { format: 'CycloneDX', ...document, statements, ...this.#problems.list() }
  }

  /** Recursion is bounded: the reader of members refuses values nested deeper than the limit. */
  #addComponent(value: unknown, pointer: string): void {
    if (!isObject(value)) return
    const fields = new Fields(value, pointer, this.#problems, this.#limits)
    const ref = fields.text('bom-ref')
    if (ref !== undefined) {
      if (this.#components.size >= this.#limits.components) {
        throw new ExposureError('too-many', `at most ${this.#limits.components} components are read`, pointer)
      }
      if (this.#components.has(ref)) {
        fields.report('duplicate-ref', 'bom-ref', `another component has the bom-ref ${quoted(ref)}`)
      } else this.#components.set(ref, readComponent(fields, ref))
    }
    for (const [index, nested] of (Array.isArray(value['components']) ? value['components'] : []).entries()) {
      this.#addComponent(nested, `${pointer}/components/${index}`)
    }
  }

  #readVulnerability(fields: Fields): Unresolved | undefined {
    const vulnerability = fields.needed('id')
    const analysis = fields.object('analysis')
    if (vulnerability === undefined) return undefined
    if (analysis === undefined || !analysis.has('state')) {
      // Listing a vulnerability says nothing yet about whether anything is affected by it.
      fields.report(
        'missing-field',
        'analysis',
        'the "state" of an "analysis" makes a statement out of a vulnerability',
      )
      return undefined
    }
    const written = analysis.oneOf('state', Object.keys(states))
    const state = written === undefined ? undefined : states[written]
    if (written === undefined || state === undefined) return undefined
    const reason = analysis.oneOf('justification', Object.keys(reasons))
    const justification = reason === undefined || state !== 'not_affected' ? undefined : reasons[reason]
    const differs = present({
      state: written === state ? undefined : written,
      justification: reason === justification ? undefined : reason,
    })
    const responses = analysis.texts('response').join(', ')
    const action = [responses, fields.text('recommendation') ?? ''].filter((each) => each !== '').join(': ')
    return {
      vulnerability,
      aliases: fields.objects('references').flatMap((each) => each.text('id') ?? []),
      state,
      ...present({ justification, written: Object.keys(differs).length === 0 ? undefined : differs }),
      ...present({
        // In words it is a reason only for not being affected; otherwise it is a note.
        impact: state === 'not_affected' ? analysis.text('detail') : undefined,
        action: action === '' ? undefined : action,
        notes: state === 'not_affected' ? undefined : analysis.text('detail'),
        issuedAt: analysis.text('firstIssued'),
        updatedAt: analysis.text('lastUpdated'),
      }),
      affected: this.#readAffects(fields),
      pointer: fields.pointer,
    }
  }

  #readAffects(fields: Fields): readonly Affected[] {
    const affected = fields.objects('affects').flatMap((each) => {
      this.#products += 1
      if (this.#products > this.#limits.products) {
        throw new ExposureError('too-many', `at most ${this.#limits.products} products are read`, each.pointer)
      }
      const ref = each.needed('ref')
      return ref === undefined ? [] : [{ ref, pointer: each.at('ref'), versions: readVersions(each) }]
    })
    if (affected.length === 0) fields.report('missing-field', 'affects', 'a statement names what it is about')
    return affected
  }

  #resolved({ ref, pointer, versions }: Affected): VexProduct {
    const component = this.#components.get(ref)
    if (component === undefined && !ref.startsWith('urn:cdx:')) {
      this.#problems.add('unknown-ref', pointer, `${quoted(ref)} is no component or service of this document`)
    }
    return { ...(component ?? { id: ref, purls: [], cpes: [], hashes: [] }), subcomponents: [], versions }
  }
}

function readComponent(fields: Fields, ref: string): VexComponent {
  const purl = fields.text('purl')
  const cpe = fields.text('cpe')
  const group = fields.text('group')
  const name = fields.text('name')
  return identify(
    {
      id: ref,
      name: group === undefined || name === undefined ? name : `${group}/${name}`,
      version: fields.text('version'),
      purls: purl === undefined ? [] : [{ text: purl, member: 'purl' }],
      cpes: cpe === undefined ? [] : [{ text: cpe, member: 'cpe' }],
      hashes: fields.objects('hashes').flatMap((hash) => {
        const algorithm = hash.text('alg')
        const value = hash.text('content')
        return algorithm === undefined || value === undefined ? [] : [{ algorithm, value: value.toLowerCase() }]
      }),
    },
    fields,
  )
}

/** `affected` where nothing is said, by the schema. */
function readVersions(fields: Fields): readonly VexVersion[] {
  const seen = new Map<string, VexVersion['state']>()
  return fields.objects('versions').flatMap((each) => {
    const version = each.text('version')
    const range = each.text('range')
    if ((version === undefined) === (range === undefined)) {
      each.report('bad-field', 'version', 'either a "version" or a "range"')
      return []
    }
    if (range !== undefined) checkRange(range, each)
    const status = each.oneOf('status', ['affected', 'unaffected', 'unknown'] as const)
    if (status === undefined && each.has('status')) return []
    const state = status === 'unaffected' ? 'not_affected' : (status ?? 'affected')
    const key = version ?? `range ${range}`
    if ((seen.get(key) ?? state) !== state) {
      each.report(
        'contradicting-range',
        'status',
        `${quoted(version ?? range ?? '')} is affected and unaffected at once`,
      )
    }
    seen.set(key, state)
    return [{ state, ...present({ version, range }) }]
  })
}

/** The range stays as it is written: who evaluates it will find it undetermined. */
function checkRange(range: string, fields: Fields): void {
  try {
    readVers(range)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    // That its versions cannot be ordered here is no fault of the document.
    if (error.code !== 'unsupported-ecosystem') fields.report('bad-range', 'range', error.message)
  }
}
