import type { Context } from '../context.ts'
import { type PassphraseOptions, readPassphrase } from '../terminal/passphrase.ts'

export interface NewKeyOptions extends PassphraseOptions {
  /** commander's name for `--insecure-no-passphrase`. */
  readonly insecureNoPassphrase?: boolean
}

/** The passphrase for new keys; undefined where the user asked, in so many words, for none. */
export async function newPassphrase(
  context: Context,
  options: NewKeyOptions,
  purpose: string,
): Promise<string | undefined> {
  if (options.insecureNoPassphrase === true) return undefined
  return readPassphrase(context, options, { purpose, isNew: true })
}
