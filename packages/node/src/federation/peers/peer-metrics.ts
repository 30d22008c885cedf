import { Counter, Gauge, type Registry } from 'prom-client'
import type { PeerCondition, PeerState } from './peer-state.ts'
import type { Peers } from './peers.ts'

const conditions: readonly PeerCondition[] = ['following', 'behind', 'unreachable', 'quarantined', 'not-yet']

/** What is told of each peer as a number, by the name it has there. */
const numbers = [
  ['comity_peer_size', 'size', 'Entries of the log of a peer that are held here.'],
  ['comity_peer_entries_behind', 'entriesBehind', 'Entries of the log of a peer that are known of and not held yet.'],
  ['comity_peer_seconds_behind', 'secondsBehind', 'Seconds since the copy of the log of a peer was whole.'],
  ['comity_peer_last_success_seconds', 'lastSuccessAt', 'When a peer last answered as it should; 0 for never.'],
] as const satisfies readonly (readonly [string, keyof PeerState, string])[]

type Told = Pick<Peers, 'states' | 'contacts'>

/**
 * Adds what Prometheus is told of each peer, as it is when it asks. Labels are bounded: there are as many peers as the
 * list has, and what is no peer is one more.
 */
export function meterPeers(registry: Registry, peers: Told): void {
  for (const metric of [...numbers.map((each) => numberOf(peers, each)), stateOf(peers), callsOf(peers)])
    registry.registerMetric(metric)
}

function numberOf(peers: Told, [name, member, help]: (typeof numbers)[number]): Gauge<'peer'> {
  return new Gauge({
    name,
    help,
    labelNames: ['peer'],
    registers: [],
    collect() {
      this.reset()
      for (const state of peers.states()) this.set({ peer: state.origin }, state[member])
    },
  })
}

function stateOf(peers: Told): Gauge<'peer' | 'state'> {
  return new Gauge({
    name: 'comity_peer_state',
    help: '1 for the state a peer is in, 0 for the others.',
    labelNames: ['peer', 'state'],
    registers: [],
    collect() {
      this.reset()
      for (const { origin, state } of peers.states())
        for (const each of conditions) this.set({ peer: origin, state: each }, each === state ? 1 : 0)
    },
  })
}

function callsOf(peers: Told): Counter<'peer' | 'outcome'> {
  return new Counter({
    name: 'comity_peer_calls_total',
    help: 'Calls to a peer, by how they ended: answered, failed (status 429 or 5xx) or an error code.',
    labelNames: ['peer', 'outcome'],
    registers: [],
    collect() {
      this.reset()
      for (const [peer, { calls }] of peers.contacts())
        for (const [outcome, count] of calls) this.inc({ peer, outcome }, count)
    },
  })
}
