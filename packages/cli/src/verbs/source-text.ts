/** How sources are shown, by `comity source`. */
import type { SourceFault, SourceRefusal, SourceSummary } from '@comity/contract'
import { countText, cut, defaultWidth, fields, plain, table, wrap } from '../terminal/text.ts'
import { durationText } from './peer-table.ts'

const outcomeWords: Readonly<Record<NonNullable<SourceSummary['lastRun']>['outcome'], string>> = {
  done: 'whole',
  unchanged: 'nothing new',
  partly: 'in part',
  failed: 'failed',
}

const foundWords: Readonly<Record<NonNullable<SourceSummary['provider']>['foundBy'], string>> = {
  address: 'as given',
  'well-known': 'the well-known place',
  'security.txt': 'security.txt',
  dns: 'DNS',
}

/** A line for each source. `now` in whole seconds since the epoch. */
export function sourceTable(sources: readonly SourceSummary[], now: number): string {
  return table(
    ['source', 'kind', 'documents', 'refused', 'last reading', 'ago'],
    sources.map(({ name, kind, taken, refused, running, lastRun }) => [
      name,
      kind,
      countText(taken),
      refused === 0 ? '–' : countText(refused),
      running !== undefined ? 'under way' : lastRun === undefined ? 'none yet' : outcomeWords[lastRun.outcome],
      lastRun === undefined ? '–' : durationText(Math.max(0, now - lastRun.at)),
    ]),
  )
}

/** One source in full. */
export function sourceFields(source: SourceSummary): string {
  const { provider, lastRun, keys } = source
  return fields([
    ['address', source.address],
    ['kind', source.kind],
    ['read', `every ${durationText(source.every)}`],
    ['publisher', provider && plain(provider.publisher)],
    ['role', provider?.role],
    ['found by', provider && foundWords[provider.foundBy]],
    ['key', keysText(provider?.keys, keys)],
    ['documents', countText(source.taken)],
    ['signed here', provider?.signedHere ? countText(provider.signedHere) : undefined],
    ['refused', source.refused === 0 ? undefined : countText(source.refused)],
    ['last reading', lastRun && `${outcomeWords[lastRun.outcome]}, ${countsText(lastRun.counts)}`],
  ])
}

/** Why the last reading is not whole, and what of its lists cannot be used. */
export function faultLines({ lastRun }: SourceSummary): readonly string[] {
  return (lastRun?.faults ?? []).map((fault) => faultText(fault))
}

/** A refused document, and under it each reason. */
export function refusalLines({ item, faults, kept }: SourceRefusal): readonly string[] {
  const name = plain(item)
  const shown = name.includes('://') ? name.slice(name.lastIndexOf('/') + 1) : name
  const beside = kept === undefined ? '' : ', an earlier revision stays'
  return [`  ${cut(shown, defaultWidth - 2 - beside.length)}${beside}`, ...faults.map((fault) => faultText(fault))]
}

function faultText({ test, pointer, message, right }: SourceFault): string {
  const place = pointer === '' ? '' : ` (${pointer})`
  const said = `${test}${place}: ${message}${right === undefined ? '' : `; right would be ${right}`}`
  return wrap(plain(said), { indent: '    ' })
}

function keysText(listed: readonly string[] | undefined, pinned: readonly string[]): string | undefined {
  if (pinned.length > 0) return `${pinned.join('\n')} (named by you)`
  return listed === undefined ? undefined : listed.join('\n') || 'none: it signs nothing'
}

function countsText({ items, taken, gone }: NonNullable<SourceSummary['lastRun']>['counts']): string {
  const parts = [`${countText(items)} listed`, `${countText(taken)} new`]
  return [...parts, ...(gone === 0 ? [] : [`${countText(gone)} gone`])].join(', ')
}
