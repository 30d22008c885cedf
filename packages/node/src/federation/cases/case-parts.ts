import type { CorePayloads } from '@comity/statement'
import type { VaultDesk } from '../../vault/desk.ts'
import type { Directory } from '../inbox/directory.ts'
import type { CaseReader } from './record/case-reader.ts'

/** What the node says for itself in private cases, under its receipt key. */
export interface SeatSigner {
  signFor<K extends 'record' | 'delivery' | 'order' | 'refusal'>(
    kind: K,
    sub: string,
    iat: number,
    payload: CorePayloads[K],
  ): Uint8Array
}

/** What all of this folder stands on. */
export interface CaseParts {
  readonly desk: VaultDesk
  readonly reader: CaseReader
  readonly directory: Directory
  readonly signer: SeatSigner
  /** Origin of the own log. */
  readonly origin: string
  /** Entries of the own log. */
  readonly size: () => number
  /** Whole seconds since the epoch. */
  readonly now: () => number
}
