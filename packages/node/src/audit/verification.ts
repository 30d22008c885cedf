/** One thing that was looked at in a file. */
export interface Step {
  /** Stable name of what was looked at. */
  readonly check:
    | 'recognised'
    | 'form'
    | 'payload'
    | 'name'
    | 'signature'
    | 'receipt'
    | 'inclusion'
    | 'log-signature'
    | 'cosignature'
    | 'quorum'
    | 'equivocation'
    | 'commitment'
    | 'delivery'
    | 'authority'
    | 'one-log'
    // of provenance
    | 'signer'
    | 'artifact'
    | 'sbom'
    | 'slsa-build'
    | 'slsa-source'
    | 'parameters'
  /** `unchecked`: something was not at hand. `beyond`: no file can show it, only the log. */
  readonly outcome: 'right' | 'wrong' | 'unchecked' | 'beyond'
  readonly says: string
  /** The code of the error, where something is wrong. */
  readonly code?: string
}

/** What a file is, what was found right or wrong in it, and on whose word that rests. Plain JSON. */
export interface FileVerification {
  readonly format: 'comity verification 1'
  readonly kind:
    | 'statement'
    | 'transparent-statement'
    | 'receipt'
    | 'tlog-proof'
    | 'checkpoint'
    | 'note'
    | 'equivocation'
    | 'disclosure'
    | 'provenance'
    | 'unknown'
  /** `right`: all that a file can show was checked and holds. `incomplete`: nothing is wrong, something was not at hand. */
  readonly verdict: 'right' | 'wrong' | 'incomplete'
  /** What it says, for people and scripts: issuer, subject, identifier, time. Not believed unless the verdict is right. */
  readonly about: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
  /** Whose word the result rests on. */
  readonly restsOn: readonly string[]
}

/** Collects the steps of one verification. */
export class Verification {
  readonly about: Record<string, string> = {}
  readonly #steps: Step[] = []
  readonly #restsOn = new Set<string>()

  right(check: Step['check'], says: string): void {
    this.#steps.push({ check, outcome: 'right', says })
  }

  wrong(check: Step['check'], says: string, code?: string): void {
    this.#steps.push({ check, outcome: 'wrong', says, ...(code === undefined ? {} : { code }) })
  }

  unchecked(check: Step['check'], says: string): void {
    this.#steps.push({ check, outcome: 'unchecked', says })
  }

  beyond(check: Step['check'], says: string): void {
    this.#steps.push({ check, outcome: 'beyond', says })
  }

  restsOn(whose: string): void {
    this.#restsOn.add(whose)
  }

  result(kind: FileVerification['kind']): FileVerification {
    const has = (outcome: Step['outcome']) => this.#steps.some((step) => step.outcome === outcome)
    const verdict = has('wrong') ? 'wrong' : has('unchecked') ? 'incomplete' : 'right'
    return {
      format: 'comity verification 1',
      kind,
      verdict,
      about: this.about,
      steps: this.#steps,
      restsOn: [...this.#restsOn],
    }
  }
}
