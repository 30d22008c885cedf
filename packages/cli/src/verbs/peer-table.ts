/** How peers are shown, by `comity peer list` and `comity status`. */
import type { PeerSummary } from '@comity/contract'
import { short } from '../names.ts'
import { countText, table } from '../terminal/text.ts'

const stateWords: Readonly<Record<PeerSummary['state'], string>> = {
  following: 'up to date',
  behind: 'catching up',
  unreachable: 'unreachable',
  quarantined: 'quarantined',
  'not-yet': 'not asked yet',
}

const roleWords: Readonly<Record<PeerSummary['role'], string>> = {
  mirror: 'mirror',
  witness: 'witness',
  'mirror-and-witness': 'mirror, witness',
  contact: 'contact',
}

/** A line for each peer. `now` in whole seconds since the epoch. */
export function peerTable(peers: readonly PeerSummary[], now: number): string {
  return table(
    ['log', 'as', 'state', 'entries', 'behind', 'lag', 'answered'],
    peers.map(({ origin, role, state, size, entriesBehind, secondsBehind, lastSuccessAt, lastError }) => [
      short(origin),
      roleWords[role],
      lastError === undefined || state === 'quarantined'
        ? stateWords[state]
        : `${stateWords[state]}: ${lastError.code}`,
      countText(size),
      entriesBehind === 0 ? '–' : countText(entriesBehind),
      secondsBehind === 0 ? '–' : durationText(secondsBehind),
      lastSuccessAt === 0 ? 'never' : `${durationText(Math.max(0, now - lastSuccessAt))} ago`,
    ]),
  )
}

/** `3 up to date, 1 unreachable` */
export function peerCount(peers: readonly Pick<PeerSummary, 'state'>[]): string {
  const counts = Map.groupBy(peers, ({ state }) => state)
  return [...counts].map(([state, those]) => `${countText(those.length)} ${stateWords[state]}`).join(', ')
}

/** `45 s`, `3 min`, `2 h`, `5 days`: the largest unit of which there are two, or the smallest. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`
}
