import { sha256, sha256Hex } from '@comity/crypto'
import { type MessagePayload, correspondenceUrn, decodeStatement } from '@comity/statement'
import assert from 'node:assert/strict'
import { type Random, pick } from './random.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** Stands in everything that is sealed, and in nothing else. */
export const sealedWords = 'the heron stands in the reeds at dusk'

/** A message that its author's node took. */
interface Written {
  readonly id: string
  readonly from: SimulatedNode
  readonly to: SimulatedNode
  readonly text: string
  readonly content: Uint8Array | undefined
}

/** What correspondents of a simulated federation write to each other, and what has to become of it. */
export class SealedTraffic {
  readonly #written: Written[] = []
  readonly #last = new Map<string, string>()
  #number = 0

  /** Messages that were taken by their author's node. */
  get size(): number {
    return this.#written.length
  }

  get ids(): readonly string[] {
    return this.#written.map(({ id }) => id)
  }

  /** Writes from one of these nodes to another; where one does not know the other yet nothing is written. */
  async write(nodes: readonly SimulatedNode[], random: Random): Promise<void> {
    const able = nodes.filter(({ isUp, hasInbox }) => isUp && hasInbox)
    const from = able.length === 0 ? undefined : pick(random, able)
    const others = nodes.filter((other) => from !== undefined && areNeighbours(from, other))
    if (from === undefined || others.length === 0) return
    await this.#write(from, pick(random, others), random)
  }

  async #write(from: SimulatedNode, to: SimulatedNode, random: Random): Promise<void> {
    const { inbox, correspondent } = from
    const number = this.#number++
    const link = `${from.host} ${to.host}`
    const text = `${sealedWords}, ${number}`
    const content = random() < 0.4 ? Buffer.from(`${text};`.repeat(1 + Math.floor(random() * 500))) : undefined
    const uploads: string[] = []
    const attachments: NonNullable<MessagePayload['attachments']> = []
    const previous = this.#last.get(link)
    try {
      if (content !== undefined) {
        const upload = inbox.uploads.begin(correspondent.urn, content.length)
        await upload.put(0, content, from.now())
        const { sealed, size } = upload.finish()
        const digest = `sha256:${sha256Hex(content)}`
        attachments.push({ name: `${sealedWords}.txt`, type: 'text/plain', size, digest, sealed })
        uploads.push(upload.id)
      }
      const payload: MessagePayload = {
        to: [to.correspondent.urn],
        subject: sealedWords,
        text,
        ...(previous === undefined ? {} : { previous }),
        ...(attachments.length === 0 ? {} : { attachments }),
      }
      const bytes = correspondent.sign('message', correspondenceUrn(sha256Hex(Buffer.from(link))), payload, from.now())
      await inbox.send(correspondent.urn, bytes, uploads)
      const { id } = decodeStatement(bytes, { sha256, verify: () => false })
      this.#written.push({ id, from, to, text, content })
      this.#last.set(link, id)
    } catch (error) {
      // Whom one's node has not heard of yet cannot be written to.
      if (!(error instanceof Error && 'code' in error && error.code === 'unknown-recipient')) throw error
    }
  }

  /** Whether every message is where it was to go, as far as its author knows. */
  get isDelivered(): boolean {
    return this.#written.every(
      ({ from, id }) =>
        from.isUp &&
        from.inbox.messages
          .find(from.correspondent.urn, id)
          .record.deliveries.every(({ state }) => state === 'delivered' || state === 'failed'),
    )
  }

  /** Everything came, once and as it was written, and nothing else did. */
  async check(nodes: readonly SimulatedNode[]): Promise<void> {
    for (const written of this.#written) await checkOne(written)
    for (const node of nodes.filter(({ hasInbox }) => hasInbox)) {
      const { messages } = node.inbox.messages.list(node.correspondent.urn, { limit: 200 })
      const received = messages.filter(({ direction }) => direction === 'received').map(({ id }) => id)
      const due = this.#written.filter(({ to }) => to === node).map(({ id }) => id)
      if (messages.length < 200)
        assert.deepEqual(received.toSorted(), due.toSorted(), `${node.host} received other messages than it was sent`)
      assert.deepEqual(node.defects, [], `the inbox of ${node.host} reports defects`)
    }
  }
}

async function checkOne({ id, from, to, text, content }: Written): Promise<void> {
  const what = `message ${id} from ${from.host} to ${to.host}`
  const [delivery] = from.inbox.messages.find(from.correspondent.urn, id).record.deliveries
  assert.equal(delivery?.state, 'delivered', `${what}: ${JSON.stringify(delivery)}`)
  const { urn } = to.correspondent
  const found = to.inbox.messages.read(urn, id)
  assert.equal(found.text, text, what)
  assert.equal(found.gap, false, `${what}: the one before it is missing`)
  if (content === undefined) return
  assert.deepEqual(found.whole, [true], what)
  const pieces: Uint8Array[] = []
  for await (const piece of to.inbox.messages.attachment(urn, id, 0).content) pieces.push(piece)
  assert.ok(Buffer.concat(pieces).equals(content), `${what}: its attachment is another`)
}

/** Each finds the other's home log among its peers. */
function areNeighbours(one: SimulatedNode, other: SimulatedNode): boolean {
  if (one === other || !one.isUp || !other.isUp || !other.hasInbox) return false
  const knows = (who: SimulatedNode, whom: SimulatedNode) => who.node.peers.find(whom.keeper.origin) !== undefined
  return knows(one, other) && knows(other, one)
}
