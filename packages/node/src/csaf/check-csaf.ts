import type { TestResult } from '@secvisogram/csaf-validator-lib/validateStrict.js'
import { validator } from './load-validator.ts'
import { mandatoryTests } from './mandatory-tests.ts'

/** Why a document is no valid CSAF document: one error of one test. */
export interface CsafFault {
  /** `schema`, or the number of a mandatory test: `6.1.11`. */
  readonly test: string
  /** Where in the document (RFC 6901). */
  readonly pointer: string
  readonly message: string
  /** What would be right. */
  readonly right?: string
}

/** Faults that are kept of one document; the first ones say enough. */
const faultsKept = 50

/** Longest text of a fault that is kept, in characters: the validator quotes the document. */
const textKept = 300

/** Whether parsed JSON presents itself as a CSAF document of any version. */
export function isCsaf(json: unknown): boolean {
  return csafVersionOf(json) !== undefined
}

/** What a document gives as its `csaf_version`; undefined for one that is no CSAF document at all. */
export function csafVersionOf(json: unknown): unknown {
  const document = memberOf(json, 'document')
  return memberOf(document, 'csaf_version')
}

/**
 * Checks parsed JSON against the strict schema of CSAF 2.0 and its mandatory tests (sections 3 and 6.1, conformance
 * clause 1); no fault means *valid*. Documents of 2.1 have a fault: 2.1 is a committee draft, and a provider of 2.0 lists
 * valid documents of 2.0.
 *
 * The validator takes a second or more to load, once in a thread, and its tests have no bound in time. A node runs it in a
 * thread of its own.
 */
export async function checkCsaf(json: unknown): Promise<readonly CsafFault[]> {
  const version = csafVersionOf(json)
  if (version !== '2.0') {
    const message = `csaf_version is ${JSON.stringify(version)?.slice(0, 20)}; CSAF 2.1 is a draft and is matched, not listed`
    return [{ test: 'schema', pointer: '/document/csaf_version', message, right: '"2.0"' }]
  }
  const results = await resultsOf(json)
  if (results === undefined) {
    return [{ test: '6.1', pointer: '', message: 'the mandatory tests cannot be run over this document' }]
  }
  return results
    .filter(({ isValid }) => !isValid)
    .toSorted((a, b) => testOf(a.name).localeCompare(testOf(b.name), 'en', { numeric: true }))
    .flatMap(({ name, errors }) =>
      (errors.length === 0 ? [{ instancePath: '' }] : errors).map((error) => faultOf(name, error)),
    )
    .slice(0, faultsKept)
}

/** Undefined where a test ends in an error of its own, as with branches nested too deep for its recursion. */
async function resultsOf(json: unknown): Promise<readonly TestResult[] | undefined> {
  // What cannot be loaded is this program's trouble, not the document's.
  const validate = await validator()
  try {
    return await validate(json)
  } catch {
    return undefined
  }
}

function faultOf(name: string, error: { readonly message?: string; readonly instancePath: string }): CsafFault {
  const test = testOf(name)
  const right = mandatoryTests[test]
  return {
    test,
    pointer: error.instancePath.slice(0, textKept),
    message: (error.message ?? 'fails').slice(0, textKept),
    ...(right === undefined ? {} : { right }),
  }
}

/** `mandatoryTest_6_1_27_4` → `6.1.27.4`. */
function testOf(name: string): string {
  return name.startsWith('mandatoryTest_') ? name.slice('mandatoryTest_'.length).replaceAll('_', '.') : 'schema'
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  // Own members alone: a document has no prototype's.
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}
