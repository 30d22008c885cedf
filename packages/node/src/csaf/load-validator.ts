import { createRequire } from 'node:module'
import type { DocumentTest, TestResult } from '@secvisogram/csaf-validator-lib/validateStrict.js'

/** What of ajv is touched here. */
interface Ajv {
  readonly opts: { validateSchema?: boolean }
}
type Compile = (this: Ajv, ...schema: unknown[]) => unknown

/** Runs the strict schema of CSAF 2.0 over a document and, where that fits, the mandatory tests, which rely on it. */
export type Validate = (document: unknown) => Promise<readonly TestResult[]>

let loading: Promise<Validate> | undefined

/** The validator, loaded once in a thread. */
export function validator(): Promise<Validate> {
  return (loading ??= load())
}

/**
 * The validator compiles some forty schemas while it is imported, most of them with an ajv of their own, and each of these
 * first compiles the meta-schema that it checks its schema against: 18.8 s of processor time here, and 1.3 s without that
 * check, with the same verdicts over the 2,383 documents of CISA. So the check is left out for as long as the import
 * takes; the schemas are the library's own, in the version that the lockfile pins.
 */
async function load(): Promise<Validate> {
  const require = createRequire(import.meta.resolve('@secvisogram/csaf-validator-lib/basic.js'))
  // Safe: this is what ajv 8 has there, and the types of ajv are not this room's to import.
  const { prototype } = (require('ajv/dist/core.js') as { default: { prototype: { compile: Compile } } }).default
  const { compile } = prototype
  prototype.compile = function (this: Ajv, ...schema) {
    this.opts.validateSchema = false
    return compile.apply(this, schema)
  }
  try {
    const tests = await import('@secvisogram/csaf-validator-lib/basic.js')
    const { default: validateStrict } = await import('@secvisogram/csaf-validator-lib/validateStrict.js')
    const { csaf_2_0_strict: schema, ...rest } = tests
    const mandatory = Object.values<unknown>(rest).filter(isTest)
    return async (document) => {
      const fits = await validateStrict([schema], document)
      return fits.isValid ? (await validateStrict(mandatory, document)).tests : fits.tests
    }
  } finally {
    prototype.compile = compile
  }
}

function isTest(value: unknown): value is DocumentTest {
  return typeof value === 'function'
}
