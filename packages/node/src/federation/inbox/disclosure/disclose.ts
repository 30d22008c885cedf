import { attachReceipt } from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'
import { paddedTree } from '../commitment/padded-tree.ts'
import type { InboxReader, KeptMessage } from '../record/inbox-reader.ts'
import { type Disclosure, disclosureFormat } from './disclosure.ts'

/** What a disclosure takes from the node beside the vault. */
export interface DisclosureSources {
  readonly reader: InboxReader
  /** The registered commitment of an hour with its receipt: leaf and receipt; undefined where it is not in the log. */
  readonly registered: (
    hour: number,
    root: string,
  ) => { readonly leaf: Uint8Array; readonly receipt: Uint8Array } | undefined
  /** The statement by which a party founded itself, if it is known here. */
  readonly founding: (party: string) => Uint8Array | undefined
  /** The party that keeps this node. */
  readonly keeper: string
  /** The party that keeps the node where somebody gets his mail. */
  readonly keeperOf: (party: string) => string | undefined
}

/** Puts together what proves one message. Throws `not-committed` before the hour has ended that covers it. */
export async function disclose(message: KeptMessage, sources: DisclosureSources): Promise<Disclosure> {
  const { reader, registered, founding, keeper, keeperOf } = sources
  const { record } = message
  const content = reader.content(message)
  const place = reader.committed(message)
  if (place === undefined) throw notYet()
  const commitment = reader.commitment(place.hour)
  const statement = registered(place.hour, commitment.root)
  if (statement === undefined) throw notYet()
  const { slot, path } = (await paddedTree(commitment.secret, commitment.leaves())).path(place.n)
  const receipts = record.direction === 'sent' ? record.deliveries.map((each) => each.receipt) : [record.receipt]
  const links = reader.links(message).map((link) => link.record.receipt)
  const keepers = record.to.map((party) => keeperOf(party) ?? party)
  const parties = new Set([record.author, keeper, ...record.to, ...keepers])
  return {
    format: disclosureFormat,
    message: content.message,
    commitment: {
      statement: base64url(attachReceipt(statement.leaf, statement.receipt, crypto)),
      salt: content.salt,
      direction: record.direction,
      at: content.at,
      slot,
      path: path.map(base64url),
    },
    deliveries: [...receipts, ...links].filter((receipt) => receipt !== undefined),
    parties: [...parties].flatMap((party) => {
      const bytes = founding(party)
      return bytes === undefined ? [] : [base64url(bytes)]
    }),
  }
}

function notYet(): NodeError {
  return new NodeError(
    'not-committed',
    'the commitment that covers this message is registered with the next full hour: ask again after it',
  )
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
