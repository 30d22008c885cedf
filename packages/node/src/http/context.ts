import type { CsafProvider } from '../csaf/csaf-provider.ts'
import type { Inbox } from '../federation/inbox/inbox.ts'
import type { ComityNode } from '../node.ts'
import type { Sources } from '../sources/sources.ts'
import type { Telling } from '../telling/telling.ts'
import type { Vault } from '../vault/vault.ts'
import type { AddressLimit } from './address-limit.ts'
import type { Bodies } from './bodies.ts'
import type { Gate } from './costly-answers.ts'
import type { InboundLimits } from './inbound-limits.ts'
import type { PolicyInForce } from './policy-in-force.ts'

/** Hears how many bytes of how many are copied, and then verified. */
export type OnBackup = (step: 'copying' | 'verifying', done: number, total: number) => void

/** What was backed up, and where. */
export interface BackupDone {
  readonly directory: string
  readonly size: number
  readonly bytes: number
}

/** What the routes stand on. */
export interface HttpContext {
  readonly node: ComityNode
  readonly vault: Vault
  readonly inbox: Inbox
  readonly telling: Telling
  /** The CSAF trees of the parties here; undefined where none are made. */
  readonly csaf: CsafProvider | undefined
  /** Documents that the keeper has the node follow; undefined where none are. */
  readonly sources: Sources | undefined
  readonly policy: PolicyInForce
  readonly bodies: Bodies
  /** Holds back who posts without a token. */
  readonly addresses: AddressLimit
  /** Holds back who asks for what peers ask for, by address and by who he proves to be. */
  readonly limits: InboundLimits
  /** Lets one costly computation for the public through at a time. */
  readonly gate: Gate
  /** The register is a sample with fictitious parties, and says so. */
  readonly sample: boolean
  /** Where the world reaches this node, without a slash at the end; addresses are relative where nobody said. */
  readonly publicUrl: string
  /** Makes a consistent copy of the data folder while the node runs. */
  readonly backup?: ((directory: string, onProgress?: OnBackup) => Promise<BackupDone>) | undefined
}
