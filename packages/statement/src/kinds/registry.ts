import { acknowledgementKind, type AcknowledgementPayload } from './acknowledgement.ts'
import { adherenceKind, type AdherencePayload } from './adherence.ts'
import { advisoryKind, type AdvisoryPayload } from './advisory.ts'
import { approvalKind, type ApprovalPayload } from './approval.ts'
import { recordKind, type RecordPayload } from './record.ts'
import { commitmentKind, type CommitmentPayload } from './commitment.ts'
import { continuationKind, type ContinuationPayload } from './continuation.ts'
import { deliveryKind, type DeliveryPayload } from './delivery.ts'
import { endorsementKind, type EndorsementPayload } from './endorsement.ts'
import { findingsKind, type FindingsPayload } from './findings.ts'
import type { Kind } from './kind.ts'
import { messageKind, type MessagePayload } from './message.ts'
import { moveKind, type MovePayload } from './move.ts'
import { orderKind, type OrderPayload } from './order.ts'
import { partyKind, type PartyPayload } from './party.ts'
import { policyKind, type PolicyPayload } from './policy.ts'
import { productKind, type ProductPayload } from './product.ts'
import { refusalKind, type RefusalPayload } from './refusal.ts'
import { releaseKind, type ReleasePayload } from './release.ts'
import { supplyKind, type SupplyPayload } from './supply.ts'
import { supportKind, type SupportPayload } from './support.ts'
import { timeKind, type TimePayload } from './time.ts'
import { trustKind, type TrustPayload } from './trust.ts'
import { withholdingKind, type WithholdingPayload } from './withholding.ts'

/** The kinds of this room, in the order in which a reader meets them. */
export const coreKinds: readonly Kind[] = [
  partyKind,
  endorsementKind,
  trustKind,
  approvalKind,
  policyKind,
  timeKind,
  continuationKind,
  adherenceKind,
  supportKind,
  productKind,
  releaseKind,
  supplyKind,
  advisoryKind,
  acknowledgementKind,
  moveKind,
  recordKind,
  findingsKind,
  withholdingKind,
  commitmentKind,
  refusalKind,
  messageKind,
  deliveryKind,
  orderKind,
]

/** Payload types by kind, for `readPayloadAs`. */
export interface CorePayloads {
  readonly party: PartyPayload
  readonly endorsement: EndorsementPayload
  readonly trust: TrustPayload
  readonly approval: ApprovalPayload
  readonly policy: PolicyPayload
  readonly time: TimePayload
  readonly continuation: ContinuationPayload
  readonly adherence: AdherencePayload
  readonly support: SupportPayload
  readonly product: ProductPayload
  readonly release: ReleasePayload
  readonly supply: SupplyPayload
  readonly advisory: AdvisoryPayload
  readonly acknowledgement: AcknowledgementPayload
  readonly move: MovePayload
  readonly record: RecordPayload
  readonly findings: FindingsPayload
  readonly withholding: WithholdingPayload
  readonly commitment: CommitmentPayload
  readonly refusal: RefusalPayload
  readonly message: MessagePayload
  readonly delivery: DeliveryPayload
  readonly order: OrderPayload
}

/** Kinds by name. */
export type KindRegistry = ReadonlyMap<string, Kind>

/** Puts kinds of several rooms together. Throws Error when two have one name. */
export function kindRegistry(...lists: readonly (readonly Kind[])[]): KindRegistry {
  const registry = new Map<string, Kind>()
  for (const kind of lists.flat()) {
    if (registry.has(kind.name)) throw new Error(`kind ${kind.name} is defined twice`)
    registry.set(kind.name, kind)
  }
  return registry
}

/** The core kinds alone. */
export const coreRegistry: KindRegistry = kindRegistry(coreKinds)
