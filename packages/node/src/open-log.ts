/**
 * The start of a log, which is also its restart after a crash: stream, tree, checkpoint and register are brought in line
 * with each other before anything is signed.
 */
import { treeHasher } from '@comity/crypto'
import { Tree } from '@comity/log'
import { runAll, type Truth, type View } from '@comity/store'
import { join } from 'node:path'
import { type OpenedCopy, openCopies, viewedCopy } from './federation/mirror/opened-copies.ts'
import { NodeError } from './node-error.ts'
import type { NodeOptions } from './node-options.ts'
import type { NodeKeys } from './pipeline/keys.ts'
import { Ledger, type SignedHead, readHead } from './pipeline/ledger.ts'
import { Refused, type Sequencer, missingKey } from './pipeline/sequencer.ts'
import { catchUp } from './register/catch-up.ts'
import { type Unclosed, decodeEntry } from './register/fold.ts'
import { openReader, openRegister } from './register/open-register.ts'
import type { Register } from './register/register.ts'
import type { Stale } from './register/stale.ts'
import { frozenBy } from './restored-mark.ts'

/** Entries hashed between two looks at the stream. */
const hashedAtOnce = 4096

/** A log whose parts agree, with what is left to do before it takes statements. */
export interface OpenedLog {
  readonly truth: Truth
  readonly ledger: Ledger
  readonly register: Register
  /** Copies of the logs that this node follows or followed once. */
  readonly copies: readonly OpenedCopy[]
  /** The registers of those, in the same order. */
  readonly mirrored: readonly Register[]
  /** Whose findings have to be computed again. */
  readonly stale: Stale
  /** The one connection that writes the register. */
  readonly writer: View
  /** Committed rows of the register, for everybody who reads. */
  readonly reader: View
  /** Entries at the end that no time leaf closes yet: {@link closeTail} does. */
  readonly open: readonly Unclosed[]
  /** Why nothing may be signed, if so. */
  readonly stopped: NodeError | undefined
}

/** Whose log it is, and under which name. */
export interface LogIdentity {
  readonly keeper: string
  readonly origin: string
}

/**
 * Brings tree and register in line with the stream. The truth stays the caller's; nothing else is left open when this
 * throws.
 *
 * Throws `log-forked` where entries are lost or changed.
 */
export async function openLog(truth: Truth, options: NodeOptions, { keeper, origin }: LogIdentity): Promise<OpenedLog> {
  const stream = await truth.stream('public')
  const hashes = truth.hashes('public')
  const head = readHead(truth.cells)?.head
  if (head !== undefined && head.size > stream.size) {
    throw new NodeError(
      'log-forked',
      `the checkpoint names ${head.size} entries and the log holds ${stream.size}: entries are lost. Nothing is signed from here; restore a backup`,
    )
  }
  const hashed = Math.min(hashes.watermark, stream.size)
  const tree = Tree.open(treeHasher, hashes, hashed)
  const ledger = new Ledger({ origin, keeper, stream, cells: truth.cells, keys: options.keys, tree })
  for (let from = hashed; from < stream.size; from += hashedAtOnce)
    ledger.hash(ledger.leaves(from, Math.min(from + hashedAtOnce, stream.size)))
  requireSigned(tree, head)

  const path = join(options.viewsDirectory ?? join(options.directory, 'views'), 'public.db')
  const root = (size: number): Uint8Array => tree.root(size)
  const leaf = (index: number): Uint8Array => stream.read(index)
  const copies = await openCopies(truth)
  const own = { origin, size: stream.size, leaf, root }
  const { view: writer, register, mirrored, stale } = openRegister(path, own, copies.map(viewedCopy))
  const reader = openReader(path, origin)
  try {
    const frozen = frozenBy(truth.cells)
    // What a backup holds beyond its checkpoint may have gone on otherwise: a frozen node shows none of it.
    const signed = { size: head?.size ?? 0, leaves: (from: number, to: number) => ledger.leaves(from, to) }
    const source = frozen === undefined ? ledger : signed
    const open = catchUp(source, register.size, register, { origin, root }, options.onProgress)
    const stopped = frozen ?? withoutKeys(register, keeper, options.keys)
    return { truth, ledger, register, copies, mirrored, stale, writer, reader, open, stopped }
  } catch (error) {
    closeViews({ reader, writer })
    throw error
  }
}

/** Registers the first entries of an empty log. Throws whatever is wrong with them. */
export async function bootstrap(sequencer: Sequencer, party: Uint8Array, policy: Uint8Array): Promise<void> {
  // Submitted in one turn, they share the first batch: entries 0 and 1, closed by the time leaf 2.
  const admitted = [party, policy].map((bytes) => {
    const { statement, payload } = decodeEntry(0, bytes)
    return sequencer.submit({ statement, payload })
  })
  const results = await Promise.allSettled(admitted)
  const reasons = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []))
  // One that is refused takes the other with it: what is wrong is what the refusal says.
  if (reasons.length > 0) throw reasons.find((reason) => reason instanceof Refused) ?? reasons[0]
}

/** After a crash: closes entries without a time leaf, and signs what was durable but not signed. */
export async function closeTail({ ledger, register, open }: OpenedLog, sequencer: Sequencer): Promise<void> {
  if (open.length > 0) await sequencer.closeTail(open)
  else if (ledger.size > (ledger.head?.size ?? 0)) ledger.publish(await ledger.sign(register.lastAt))
}

export function closeViews({ reader, writer }: Pick<OpenedLog, 'reader' | 'writer'>): void {
  runAll([() => reader.close(), () => writer.close()])
}

function requireSigned(tree: Tree, head: SignedHead | undefined): void {
  if (head === undefined || Buffer.from(tree.root(head.size)).equals(head.root)) return
  throw new NodeError(
    'log-forked',
    `the entries do not hash to the signed checkpoint at size ${head.size}: the log was changed. Nothing is signed from here; restore a backup`,
  )
}

/** Why a node that was given keys of somebody else may sign nothing. */
function withoutKeys(register: Register, keeper: string, keys: NodeKeys): NodeError | undefined {
  const state = register.book.stateOf(keeper)
  const missing = state && missingKey(state, keys, register.size)
  if (missing === undefined) return undefined
  return new NodeError(
    'missing-key',
    `the ${missing} key that this node was given is none that its keeper has now: start it with the one in its party statement`,
  )
}
