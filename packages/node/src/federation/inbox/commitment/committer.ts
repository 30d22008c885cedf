import { randomBytes } from '@comity/crypto'
import { digestText } from '@comity/statement'
import type { VaultDesk } from '../../../vault/desk.ts'
import { nodeKeyId } from '../../../vault/journal.ts'
import type { InboxReader } from '../record/inbox-reader.ts'
import { paddedTree, treeLeaves } from './padded-tree.ts'

const hourSeconds = 3600

/** The part of a node that commitments go to. */
export interface CommitmentLog {
  /** Time of its first time leaf, whole seconds since the epoch. */
  readonly foundedAt: number
  /** The hour of the newest commitment in it; 0 where there is none. */
  lastHour(): number
  commit(hour: number, root: string): Promise<unknown>
}

export interface CommitterParts {
  readonly desk: VaultDesk
  readonly reader: InboxReader
  readonly log: CommitmentLog
}

/**
 * The hourly commitment: whatever happened or did not, at each full hour one statement of one size. It covers all that
 * came or went since the one before. First it is written into the vault, then registered; what a crash left between the
 * two is registered at the next step, the same to the bit.
 */
export class Committer {
  readonly #parts: CommitterParts

  constructor(parts: CommitterParts) {
    this.#parts = parts
  }

  /** Commits to the hours that have ended. Resolves with when it wants to be called next, whole seconds since the epoch. */
  async step(now: number): Promise<number> {
    const { reader, log } = this.#parts
    await this.#register()
    const hour = Math.floor(now / hourSeconds) * hourSeconds
    if (hour > (reader.hours().at(-1) ?? 0) && hour > log.lastHour() && hour >= log.foundedAt) {
      await this.#commit(hour)
      await this.#register()
    }
    return hour + hourSeconds
  }

  /** Hours that a node slept through stay without: what came before them is covered by the next. */
  async #commit(hour: number): Promise<void> {
    const { desk, reader } = this.#parts
    await desk.write(async (pen) => {
      const leaves = reader.uncommitted(treeLeaves)
      const secret = randomBytes(32)
      const { root } = await paddedTree(secret, leaves)
      const event = {
        type: 'commitment',
        hour,
        secret: Buffer.from(secret).toString('base64url'),
        count: leaves.length,
        root: digestText(root),
      } as const
      await pen.record([{ keyId: nodeKeyId, event }])
    })
  }

  /** In their order, for a log takes no earlier hour after a later one. */
  async #register(): Promise<void> {
    const { reader, log } = this.#parts
    const newest = log.lastHour()
    for (const hour of reader.hours(newest)) await log.commit(hour, reader.commitment(hour).root)
  }
}
