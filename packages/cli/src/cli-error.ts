/** Why a command ended without doing what it was asked. The codes are stable; scripts branch on the exit codes. */
export type CliErrorCode =
  // what was typed, or a file that was given, is not what the command takes
  | 'usage'
  | 'bad-input'
  | 'unknown-alias'
  | 'alias-exists'
  | 'file-exists'
  | 'not-empty'
  | 'not-found'
  | 'ambiguous'
  | 'registered-before'
  // the node said no
  | 'refused'
  // something this command needs is not there
  | 'unreachable'
  | 'not-founded'
  | 'passphrase'
  | 'missing-key'
  | 'port-in-use'
  | 'permission'
  | 'storage'

/** How a command ends. Written into `docs/cli.md`. */
export const exitCodes = {
  ok: 0,
  negative: 1,
  usage: 2,
  refused: 3,
  unavailable: 4,
  defect: 5,
} as const

/** What each exit code says, for people. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'it did what was asked, and what it checked is right',
  negative:
    'it did what was asked, and the answer is no: a verification or an audit found a difference, a check what its policy names',
  usage: 'the command, an option or a file given to it is not what it takes',
  refused: 'the node refused; the message carries its stable code',
  unavailable: 'something it needs is not there: no node answers, the folder, a key or the passphrase is missing',
  defect: 'a defect of this program',
}

const exitOf: Readonly<Record<CliErrorCode, number>> = {
  usage: exitCodes.usage,
  'bad-input': exitCodes.usage,
  'unknown-alias': exitCodes.usage,
  'alias-exists': exitCodes.usage,
  'file-exists': exitCodes.usage,
  'not-empty': exitCodes.usage,
  'not-found': exitCodes.usage,
  ambiguous: exitCodes.usage,
  'registered-before': exitCodes.usage,
  refused: exitCodes.refused,
  unreachable: exitCodes.unavailable,
  'not-founded': exitCodes.unavailable,
  passphrase: exitCodes.unavailable,
  'missing-key': exitCodes.unavailable,
  'port-in-use': exitCodes.unavailable,
  permission: exitCodes.unavailable,
  storage: exitCodes.unavailable,
}

export interface CliErrorDetails extends ErrorOptions {
  /** The code the node or another room gave, shown and put into `--json`. */
  readonly inner?: string | undefined
  /** Where in a file: a JSON pointer. */
  readonly pointer?: string | undefined
  /** What there is to choose from: names for `--json`, and lines for people. */
  readonly choices?: { readonly names: readonly string[]; readonly text: string } | undefined
}

/** The one error of this room: a message that says what was wrong with what, and what would be right. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode
  readonly inner: string | undefined
  readonly pointer: string | undefined
  readonly choices: CliErrorDetails['choices']

  constructor(code: CliErrorCode, message: string, { inner, pointer, choices, ...options }: CliErrorDetails = {}) {
    super(message, options)
    this.code = code
    this.inner = inner
    this.pointer = pointer
    this.choices = choices
  }

  get exitCode(): number {
    return exitOf[this.code]
  }
}
