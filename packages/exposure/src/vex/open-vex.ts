/**
 * OpenVEX 0.2.0 documents (OpenVEX Specification, "Documents", "Statements"), and those of 0.0.x, whose
 * vulnerabilities and products are bare texts:
 *
 *     { "@context": "https://openvex.dev/ns/v0.2.0", "author": "…", "timestamp": "…", "version": 1,
 *       "statements": [ { "vulnerability": { "name": "CVE-2026-0001" }, "status": "not_affected",
 *                         "justification": "component_not_present", "products": [ { "@id": "pkg:npm/a@1" } ] } ] }
 */
import { justifications } from '../csaf/csaf-advisory.ts'
import { ExposureError } from '../exposure-error.ts'
import { Fields, present } from '../json/fields.ts'
import { isObject } from '../json/json-object.ts'
import { ProblemCollector, quoted } from '../problem.ts'
import type { MemberSink } from '../json/json-members.ts'
import { identify, type WrittenIdentifier } from './identify.ts'
import type { VexLimits } from './vex-limits.ts'
import { vexStates, type VexComponent, type VexDocument, type VexProduct, type VexStatement } from './vex-statement.ts'

export class OpenVexReader implements MemberSink {
  readonly #limits: VexLimits
  readonly #problems: ProblemCollector
  readonly #head: Record<string, unknown> = {}
  readonly #statements: VexStatement[] = []
  #hasContext = false
  #products = 0

  constructor(limits: VexLimits) {
    this.#limits = limits
    this.#problems = new ProblemCollector(limits.problems)
  }

  member(name: string, value: unknown): void {
    if (name === '@context') {
      this.#checkContext(value)
    } else if (name === 'statements') {
      throw new ExposureError('not-vex', '"statements" is an array', '/statements')
    } else if (['@id', 'author', 'role', 'timestamp', 'last_updated', 'version'].includes(name)) {
      this.#head[name] = value
    }
  }

  array(name: string): void {
    if (name === '@context') this.#checkContext(undefined)
  }

  element(name: string, index: number, value: unknown): void {
    if (name !== 'statements') return
    const pointer = `/statements/${index}`
    if (!isObject(value)) {
      this.#problems.add('bad-field', pointer, 'a statement is an object')
      return
    }
    if (this.#statements.length >= this.#limits.statements) {
      throw new ExposureError('too-many', `at most ${this.#limits.statements} statements are read`, pointer)
    }
    const statement = this.#readStatement(new Fields(value, pointer, this.#problems, this.#limits))
    if (statement !== undefined) this.#statements.push(statement)
  }

  finish(): VexDocument {
    if (!this.#hasContext) throw new ExposureError('not-vex', 'an OpenVEX document has its "@context"', '/@context')
    const head = new Fields(this.#head, '', this.#problems, this.#limits)
    // Version 0.0.x wrote it as a text.
    const version = typeof this.#head['version'] === 'string' ? Number(head.text('version')) : head.count('version')
    const issuedAt = head.needed('timestamp')
    const document = present({
      id: head.text('@id'),
      author: head.needed('author'),
      role: head.text('role'),
      issuedAt,
      updatedAt: head.text('last_updated'),
      version: Number.isSafeInteger(version) ? version : undefined,
    })
    const statements = this.#statements.map((each) => {
      return each.issuedAt === undefined && issuedAt !== undefined ? { ...each, issuedAt } : each
    })
    return { format: 'OpenVEX', ...document, statements, ...this.#problems.list() }
  }

  #checkContext(value: unknown): void {
    const version = typeof value === 'string' ? /^https:\/\/openvex\.dev\/ns(?<at>\/v[\d.]+)?$/.exec(value) : null
    if (version === null) throw new ExposureError('not-vex', 'the "@context" is not that of OpenVEX', '/@context')
    const at = version.groups?.['at']
    if (at !== undefined && !/^\/v0\.[0-2]\.\d{1,3}$/.test(at)) {
      const message = `OpenVEX 0.0 to 0.2 is read, and ${quoted(at.slice(2), 20)} is another version`
      throw new ExposureError('unsupported-advisory-version', message, '/@context')
    }
    this.#hasContext = true
  }

  /** One statement; none, with the reason among the problems, when it does not say what about what. */
  #readStatement(fields: Fields): VexStatement | undefined {
    const named = readVulnerability(fields)
    const state = fields.oneOf('status', vexStates)
    if (!fields.has('status'))
      fields.report('missing-field', 'status', `a statement has a "status": ${vexStates.join(', ')}`)
    if (named === undefined || state === undefined) return undefined
    const justification = fields.oneOf('justification', justifications)
    const impact = fields.text('impact_statement')
    const action = fields.text('action_statement')
    if (state === 'not_affected' && justification === undefined && impact === undefined) {
      // Without a reason it is no statement of the format, and taking it for one could hide a vulnerability.
      fields.report('justification-missing', 'justification', 'not_affected has a justification or an impact_statement')
      return undefined
    }
    if (state === 'affected' && action === undefined) {
      fields.report('missing-field', 'action_statement', 'affected has an action_statement')
    }
    const products = this.#readProducts(fields)
    if (products.length === 0) fields.report('missing-field', 'products', 'a statement names its products')
    return {
      ...named,
      state,
      ...present({ justification, impact, action, notes: fields.text('status_notes') }),
      products,
      ...present({
        issuedAt: fields.text('timestamp'),
        updatedAt: fields.text('last_updated'),
        version: fields.count('version'),
      }),
      pointer: fields.pointer,
    }
  }

  #readProducts(fields: Fields): readonly VexProduct[] {
    // Version 0.0.x had one list for all products of the statement.
    const shared = isTexts(fields.value('subcomponents')) ? this.#componentsOf(fields, 'subcomponents') : []
    if (isTexts(fields.value('products'))) {
      return this.#componentsOf(fields, 'products').map((each) => ({ ...each, subcomponents: shared, versions: [] }))
    }
    return fields.objects('products').map((product) => {
      this.#count(product.pointer)
      const subcomponents = this.#componentsOf(product, 'subcomponents')
      return {
        ...readComponent(product),
        subcomponents: subcomponents.length > 0 ? subcomponents : shared,
        versions: [],
      }
    })
  }

  #componentsOf(fields: Fields, member: string): readonly VexComponent[] {
    if (isTexts(fields.value(member))) {
      return fields.texts(member).map((id) => {
        this.#count(fields.at(member))
        return identify({ id, purls: purlsIn(id, member), cpes: [], hashes: [] }, fields)
      })
    }
    return fields.objects(member).map((each) => {
      this.#count(each.pointer)
      return readComponent(each)
    })
  }

  #count(pointer: string): void {
    this.#products += 1
    if (this.#products <= this.#limits.products) return
    throw new ExposureError('too-many', `at most ${this.#limits.products} products are read`, pointer)
  }
}

function readVulnerability(fields: Fields): Pick<VexStatement, 'vulnerability' | 'aliases'> | undefined {
  if (typeof fields.value('vulnerability') === 'string') {
    const vulnerability = fields.needed('vulnerability')
    return vulnerability === undefined ? undefined : { vulnerability, aliases: [] }
  }
  const object = fields.object('vulnerability')
  if (object === undefined) {
    fields.report('missing-field', 'vulnerability', 'a statement has a "vulnerability" with a "name"')
    return undefined
  }
  const vulnerability = object.needed('name')
  return vulnerability === undefined ? undefined : { vulnerability, aliases: object.texts('aliases') }
}

function readComponent(fields: Fields): VexComponent {
  const id = fields.text('@id')
  const identifiers = fields.object('identifiers')
  const found = (member: string): readonly WrittenIdentifier[] => {
    const text = identifiers?.text(member)
    return text === undefined ? [] : [{ text, member: 'identifiers' }]
  }
  const hashes = fields.value('hashes')
  return identify(
    {
      id,
      purls: [...found('purl'), ...purlsIn(id, '@id')],
      // The schema and the text of the specification name these members differently.
      cpes: ['cpe23', 'cpe22', '@cpe23', '@cpe22'].flatMap(found),
      hashes: isObject(hashes)
        ? Object.entries(hashes).flatMap(([algorithm, value]) => {
            return typeof value === 'string' && value.length <= 1024 ? [{ algorithm, value: value.toLowerCase() }] : []
          })
        : [],
    },
    fields,
  )
}

/** An IRI that is a package URL identifies like one. */
function purlsIn(id: string | undefined, member: string): readonly WrittenIdentifier[] {
  return id !== undefined && /^pkg:/i.test(id) ? [{ text: id, member }] : []
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
}
