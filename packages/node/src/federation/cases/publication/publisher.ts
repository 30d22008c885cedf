import { randomBytes, sha256Hex } from '@comity/crypto'
import type { Case, Procedure } from '@comity/procedures'
import { NodeError } from '../../../node-error.ts'
import type { KeyedEvent } from '../../../vault/desk.ts'
import type { CaseParts } from '../case-parts.ts'
import { commonChain } from '../chain/place.ts'
import type { KeptCase } from '../record/case-reader.ts'
import { type RecordedOrder, caseRecordOf, caseRecordType, publicMoves } from './case-record.ts'

/** What becomes public of a case, and when, is in its definition: the seat's node prepares that, for nobody to forget. */
export class Publisher {
  readonly #parts: CaseParts

  constructor(parts: CaseParts) {
    this.#parts = parts
  }

  /**
   * Events that submit a record of a case, where a move makes more of it public than was: to be written with that move,
   * so that none is lost between the two.
   */
  async events(
    of: KeptCase,
    {
      procedure,
      after,
      newest,
    }: { readonly procedure: Procedure; readonly after: Case; readonly newest: RecordedOrder },
  ): Promise<readonly KeyedEvent[]> {
    const { reader, now, signer, desk } = this.#parts
    const { row, partition } = of
    const earlier = reader.orders(of).filter((each) => each.row.thread === commonChain)
    const states = [...new Set([...row.states, after.state])]
    const names = earlier.map(({ row: { name } }) => name)
    if (publicMoves(procedure, states, [...names, newest.name]) <= publicMoves(procedure, row.states, names)) return []
    const orders = [...earlier.map((each) => this.#recorded(each.record, each.row.name)), newest]
    const document = caseRecordOf(procedure, { urn: row.urn, states, orders })
    const digest = `sha256:${sha256Hex(document)}`
    const at = now()
    const about = { digest, size: document.length }
    const statement = signer.signFor('record', row.urn, at, {
      procedure: after.procedure,
      state: after.state,
      documents: [{ ...about, type: caseRecordType }],
    })
    const blob = await desk.blobs.putSealed(partition.keyId, document)
    const event = {
      type: 'submission',
      id: Buffer.from(randomBytes(16)).toString('hex'),
      statement: Buffer.from(statement).toString('base64url'),
      documents: [{ ...about, mediaType: caseRecordType, blob }],
      due: at,
      at,
    } as const
    return [{ keyId: partition.keyId, event }]
  }

  #recorded(record: number, name: string): RecordedOrder {
    const content = this.#parts.reader.content(record)
    if (content?.type !== 'case-order') throw new NodeError('storage-failed', 'an order in the vault cannot be read')
    return { order: content.order, move: content.move, name, fields: content.fields }
  }
}
