/** Nodes that read the same logs, each in its own order and under its own numbers. */
import { decodeStatement } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { Batches } from '../reading/batches.ts'
import { EntryCheck } from '../reading/check-entries.ts'
import type { Database } from './database.ts'
import { foldMirrored } from './fold-mirrored.ts'
import { addLog } from './open-register.ts'
import { positionOf } from './position.ts'
import { Register } from './register.ts'
import { Stale } from './stale.ts'
import { MemoryDatabase, type WritingLog } from './writing-log.fixture.ts'

/** Registers of these logs in memory, the first of which is the node's own. */
export function memoryRegisters(logs: readonly WritingLog[]): readonly Register[] {
  const database = new MemoryDatabase()
  const stale = new Stale(database)
  for (const [number, { origin }] of logs.entries()) addLog(database, number, origin)
  return logs.map(({ origin }, number) => new Register(database, number, origin, stale))
}

/** A node that follows some logs, each under a number, and has folded so much of each. */
export class ReadingNode {
  readonly database: Database
  readonly #logs = new Map<string, { readonly log: WritingLog; readonly register: Register; fold: Fold }>()

  constructor(logs: readonly WritingLog[], registers: readonly Register[] = memoryRegisters(logs)) {
    const [own] = registers
    if (own === undefined) throw new RangeError('there are no logs')
    this.database = own.database
    for (const [number, log] of logs.entries()) {
      const register = registers[number]
      if (register !== undefined) this.#logs.set(log.origin, { log, register, fold: newFold(register, log) })
    }
  }

  /** Folds the next batch of a log, if that ends below `size`. Returns whether there was one. */
  async step(origin: string, size = Number.MAX_SAFE_INTEGER, isTakenBack = false): Promise<boolean> {
    const each = this.#logs.get(origin)
    if (each === undefined) return false
    const { log, register, fold } = each
    for (let index = register.size; index < Math.min(size, log.leaves.length); index++) {
      const [checked] = await fold.check.check(positionOf(register.log, index), [log.leaves[index] ?? new Uint8Array()])
      const closed = checked && fold.batches.add(checked)
      if (closed === undefined) continue
      register.begin()
      foldMirrored(closed, register, (prefix) => log.tree.root(prefix))
      if (isTakenBack) register.rollback()
      else register.commit({ size: index + 1, root: Buffer.from(log.tree.root(index + 1)).toString('hex') })
      each.fold = newFold(register, log)
      return true
    }
    each.fold = newFold(register, log)
    return false
  }
}

interface Fold {
  readonly check: EntryCheck
  readonly batches: Batches
}

function newFold(register: Register, log: WritingLog): Fold {
  return { check: new EntryCheck(register.book), batches: new Batches(register.book, () => log.home.urn) }
}

/** Ends of the batches of a log: the sizes that a cut may have. */
export function batchEnds(log: WritingLog): readonly number[] {
  return log.leaves.flatMap((leaf, i) => {
    const statement = tryDecode(leaf)
    return statement?.kind === 'time' && statement.iss === log.home.urn ? [i + 1] : []
  })
}

function tryDecode(leaf: Uint8Array) {
  try {
    return decodeStatement(leaf, crypto)
  } catch {
    return undefined // what a forger put in
  }
}
