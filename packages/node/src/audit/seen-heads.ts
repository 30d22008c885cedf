/** Heads of one log that were seen in different places: an append-only log can have signed all of them, or it was forked. */
import { treeHasher, verify } from '@comity/crypto'
import {
  LogError,
  type PrefixShown,
  type VerifierKey,
  ed25519Verifier,
  parseEquivocationProof,
  verifyEquivocation,
} from '@comity/log'
import { FederationError } from '../federation/federation-error.ts'
import { evidenceOf, isSigned } from '../federation/mirror/head-keys.ts'
import { HeadTiles } from '../federation/mirror/head-tiles.ts'
import { type Head, hasSameRoot, readHead } from '../federation/mirror/head.ts'
import { logVerifierKeys } from '../reading/log-keys.ts'
import { AuditError } from './audit-error.ts'
import type { Difference } from './difference.ts'
import type { LogAudit } from './log-audit.ts'
import type { Fork } from './report.ts'
import type { AuditSource } from './source.ts'

/** A head of a log, and where somebody showed it. */
export interface SeenHead {
  readonly note: Uint8Array
  /** Serves the tiles of that head. */
  readonly source: AuditSource
}

/**
 * Holds a head that was seen elsewhere against the log as it was read. Contradictions go into the differences of the
 * log; what is no head of this log at all is returned, for it is a fault of whoever showed it.
 */
export async function compareSeenHead(log: LogAudit, seen: SeenHead, forks: Fork[]): Promise<Difference | undefined> {
  const { head: own, keeper } = log
  if (own === undefined || keeper === undefined) return undefined
  const where = `checkpoint at ${seen.source.name}`
  try {
    const keys = logVerifierKeys(keeper, log.origin, 0, Number.POSITIVE_INFINITY)
    const head = readHead(seen.note, log.origin)
    if (!isSigned(head, keys)) {
      const what = `no key that the keeper of ${log.origin} ever had for it signed this checkpoint of it`
      return { code: 'copy-differs', where, what, reason: 'head-unsigned' }
    }
    await compare(log, { ...own.checkpoint, note: log.checkpoint }, head, seen.source, { keys, forks })
    return undefined
  } catch (error) {
    if (!(error instanceof FederationError)) throw error
    return { code: 'copy-differs', where, what: error.message, reason: error.code }
  }
}

/** A proof that a node which keeps a copy has against the log. Returned is what is wrong with the proof. */
export function checkEvidence(log: LogAudit, bytes: Uint8Array, at: string, forks: Fork[]): Difference | undefined {
  const { keeper, origin } = log
  if (keeper === undefined) return undefined
  try {
    const proof = parseEquivocationProof(bytes)
    const keys = logVerifierKeys(keeper, origin, 0, Number.POSITIVE_INFINITY)
    if (proof.origin !== origin) throw new LogError('wrong-origin', `it is about ${proof.origin}`)
    const { first, second } = verifyEquivocation(
      treeHasher,
      proof,
      keys.map((key) => ed25519Verifier(key, verify)),
    )
    log.differences.add({
      code: 'log-forked',
      where: `checkpoints of ${first.size} and ${second.size} entries`,
      what: `the log signed both and they contradict each other, as the proof at ${at} shows`,
    })
    addFork(forks, { origin, seen: [at, at], proof })
    return undefined
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    const what = `what is served as proof that ${origin} contradicted itself is none: ${error.message}`
    return { code: 'copy-differs', where: `equivocation at ${at}`, what, reason: error.code }
  }
}

/** One proof a log is enough. */
export function addFork(forks: Fork[], fork: Fork): void {
  if (!forks.some(({ origin }) => origin === fork.origin)) forks.push(fork)
}

interface Known {
  readonly keys: readonly VerifierKey[]
  readonly forks: Fork[]
}

async function compare(log: LogAudit, own: Head, seen: Head, at: AuditSource, known: Known): Promise<void> {
  if (seen.size === own.size) {
    if (!hasSameRoot(own, seen.root)) report(log, own, seen, { at, prefix: undefined, known })
    return
  }
  const [smaller, larger] = seen.size < own.size ? [seen, own] : [own, seen]
  const prefix = await prefixOf(log, larger, smaller.size, larger === own ? log.source : at)
  if (prefix !== undefined && !hasSameRoot(smaller, prefix.root)) report(log, own, seen, { at, prefix, known })
  else if (larger === seen) {
    const what = `it is signed and covers ${seen.size} entries, where ${log.source.name} shows ${own.size}: entries were taken back`
    log.differences.add({ code: 'log-shrank', where: `checkpoint at ${at.name}`, what })
  }
}

/** What the tree of a head has at a smaller size; undefined where its tiles do not show it, which is said elsewhere. */
async function prefixOf(log: LogAudit, head: Head, size: number, at: AuditSource): Promise<PrefixShown | undefined> {
  const { tree } = log
  if (at === log.source && log.isWhole)
    return { root: tree.root(size), proof: size === 0 ? [] : tree.consistencyProof(size, head.size) }
  try {
    return await new HeadTiles(head).prefix({ tile: (...which) => tileOf(at, ...which) }, size)
  } catch (error) {
    if (error instanceof FederationError || error instanceof AuditError) return undefined
    throw error
  }
}

async function tileOf(source: AuditSource, level: number, index: number, width: number): Promise<Uint8Array> {
  const hashes = await source.tile(level, index, width)
  if (hashes?.length === width * 32) return hashes
  throw new FederationError('tiles-missing', `${source.name} does not serve tile ${level}/${index}`)
}

function report(
  log: LogAudit,
  own: Head,
  seen: Head,
  { at, prefix, known: { keys, forks } }: { at: AuditSource; prefix: PrefixShown | undefined; known: Known },
): void {
  const what = `the log signed another history for it than it shows: its checkpoints of ${seen.size} and of ${own.size} entries contradict each other, so it was forked`
  log.differences.add({ code: 'log-forked', where: `checkpoint at ${at.name}`, what })
  const { origin, source } = log
  try {
    const proof = evidenceOf([own, seen], prefix, { keys, keeper: log.register.keeper ?? '' })
    addFork(forks, { origin, seen: [source.name, at.name], proof })
  } catch (error) {
    // Not a proof for others: the head that is served is not signed, which is a difference of its own.
    if (!(error instanceof LogError)) throw error
  }
}
