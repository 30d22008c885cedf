import type { ComityNode } from '../node.ts'
import type { Vault } from '../vault/vault.ts'
import type { Bodies } from './bodies.ts'
import type { PolicyInForce } from './policy-in-force.ts'

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
  readonly policy: PolicyInForce
  readonly bodies: Bodies
  /** The register is a sample with fictitious parties, and says so. */
  readonly sample: boolean
  /** Where the world reaches this node, without a slash at the end; addresses are relative where nobody said. */
  readonly publicUrl: string
  /** Makes a consistent copy of the data folder while the node runs. */
  readonly backup?: ((directory: string) => Promise<BackupDone>) | undefined
}
