/** The two entries of the validator that are used here; it comes without types of its own. */
declare module '@secvisogram/csaf-validator-lib/basic.js' {
  import type { DocumentTest } from '@secvisogram/csaf-validator-lib/validateStrict.js'
  /** The strict schema of CSAF 2.0. Beside it there is every mandatory test but 6.1.8, which the schema contains. */
  export const csaf_2_0_strict: DocumentTest
}

declare module '@secvisogram/csaf-validator-lib/validateStrict.js' {
  export interface TestResult {
    readonly name: string
    readonly isValid: boolean
    readonly errors: readonly { readonly message?: string; readonly instancePath: string }[]
  }
  export type DocumentTest = (document: unknown) => unknown
  export default function validateStrict(
    tests: readonly DocumentTest[],
    document: unknown,
  ): Promise<{ readonly isValid: boolean; readonly tests: readonly TestResult[] }>
}
