/** Which logs an audit reads: those that were given, and copies of others at their nodes. */
import { AuditError } from './audit-error.ts'
import { Differences } from './difference.ts'
import { type ReadHead, readHead } from './head-check.ts'
import type { SeenHead } from './seen-heads.ts'
import type { AuditSource, MirroredLog } from './source.ts'

/** A log that is read, with the head up to which it is. */
export interface GivenLog {
  /** From which it is read. */
  readonly source: AuditSource
  /** Every source of it that was given. */
  readonly sources: readonly AuditSource[]
  /** Undefined where what is served is no head; the differences say so. */
  readonly head: ReadHead | undefined
  readonly note: Uint8Array
  readonly differences: Differences
  /** Entries that it had before anything else was asked of anybody. */
  readonly sizeAtFirst: number
  /** Other heads that the log itself showed: earlier in this audit, or at another address that was given. */
  readonly seen: readonly SeenHead[]
}

/** A copy of a log at the node of another that was given. */
export interface Copy {
  readonly origin: string
  /** The log beside which the copy lies. */
  readonly beside: AuditSource
  readonly mirrored: MirroredLog
  readonly note: Uint8Array
  /** Entries that its head covers; 0 where that is no head of this log. */
  readonly size: number
}

interface Shown {
  readonly source: AuditSource
  readonly note: Uint8Array
  readonly head: ReadHead | undefined
}

/**
 * The given logs, in the order of their origins. Of several, heads are asked for twice, and what others have of them in
 * between: so no honest log is ever behind what others have of it. Two sources of one log are read as one.
 */
export async function openGiven(
  sources: readonly AuditSource[],
): Promise<{ readonly logs: readonly GivenLog[]; readonly copies: readonly Copy[] }> {
  const first = await Promise.all(sources.map(shownBy))
  if (sources.length === 1) return { logs: first.map((each) => givenLog([each], each)), copies: [] }
  const origins = new Set(first.map(originOf))
  const copies = await copiesAt(sources, (origin) => origins.has(origin))
  const then = await Promise.all(sources.map(shownBy))
  const kept = then.filter((each, i) => originOf(each) === originOf(first[i] ?? each))
  // What is no head is read by itself, and said to be none.
  const groups = Map.groupBy(first, (each) => (each.head === undefined ? each.source : originOf(each)))
  const logs = [...groups.values()].map((group) => {
    const all = group.flatMap((each) => [each, ...kept.filter(({ source }) => source === each.source)])
    return givenLog(all, all.toSorted(byPrecedence)[0] ?? group[0])
  })
  return { logs: logs.toSorted(byOrigin), copies }
}

/** Copies of logs at the nodes of `sources`, with their heads; those whose node has nothing of them yet are left out. */
export async function copiesAt(
  sources: readonly AuditSource[],
  isWanted: (origin: string) => boolean,
): Promise<readonly Copy[]> {
  const found = await Promise.all(
    sources.map(async (beside) => {
      const mirrored = (await beside.mirrors()).filter(({ origin }) => isWanted(origin))
      return Promise.all(mirrored.map((each) => copyOf(beside, each)))
    }),
  )
  return found.flat().filter((each) => each !== undefined)
}

/** The copy that goes furthest, as a log to be read. */
export function longestCopy(copies: readonly Copy[]): GivenLog | undefined {
  const shown = copies
    .filter(({ size }) => size > 0)
    .map(({ mirrored: { source }, note }): Shown => ({ source, note, head: headOf(note) }))
  const [longest] = shown.toSorted(byPrecedence)
  return longest && givenLog([longest], longest)
}

async function copyOf(beside: AuditSource, mirrored: MirroredLog): Promise<Copy | undefined> {
  try {
    const { origin, source } = mirrored
    const note = await source.checkpoint()
    const { checkpoint } = headOf(note) ?? {}
    return { origin, beside, mirrored, note, size: checkpoint?.origin === origin ? checkpoint.size : 0 }
  } catch (error) {
    await mirrored.source.close()
    if (error instanceof AuditError && error.code === 'no-log') return undefined
    throw error
  }
}

async function shownBy(source: AuditSource): Promise<Shown> {
  const note = await source.checkpoint()
  return { source, note, head: headOf(note) }
}

function headOf(note: Uint8Array): ReadHead | undefined {
  return readHead(note, new Differences())
}

function givenLog(all: readonly Shown[], chosen: Shown | undefined): GivenLog {
  if (chosen === undefined) throw new Error('a log that nobody shows')
  const differences = new Differences()
  const head = readHead(chosen.note, differences)
  const others = all.filter(({ note }) => Buffer.compare(note, chosen.note) !== 0)
  return {
    source: chosen.source,
    sources: [...new Set(all.map(({ source }) => source))],
    head,
    note: chosen.note,
    differences,
    sizeAtFirst: all[0]?.head?.checkpoint.size ?? 0,
    seen: others.filter((each) => each.head !== undefined).map(({ source, note }) => ({ source, note })),
  }
}

function originOf({ head }: Shown): string {
  return head?.checkpoint.origin ?? ''
}

/** The largest head first; of equal ones, an order that does not depend on who was named first. */
function byPrecedence(a: Shown, b: Shown): number {
  return (b.head?.checkpoint.size ?? -1) - (a.head?.checkpoint.size ?? -1) || byText(a.source.name, b.source.name)
}

function byOrigin(a: GivenLog, b: GivenLog): number {
  const origin = ({ head }: GivenLog): string => head?.checkpoint.origin ?? ''
  return byText(origin(a), origin(b)) || byText(a.source.name, b.source.name)
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
