/** The nodes of the story and those who live on them: how they are founded, meet, and are asked how they are doing. */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine } from './machine.ts'

/** The keys of the story live for a minute: they need no passphrase. */
export const insecure = '--insecure-no-passphrase'

/** A machine with a node, and who keeps it. */
export interface State {
  readonly machine: Machine
  readonly state: string
  readonly urn: string
  readonly origin: string
  /** Files with its keeper's recovery keys. */
  readonly recovery: readonly string[]
}

interface Peer {
  readonly origin: string
  readonly state: string
  readonly size: number
}

interface Status {
  readonly size: number
  readonly witnessKeys: readonly string[]
  readonly verifierKeys: readonly string[]
}

/** Founds a node of a State and serves it. */
export async function founded(machine: Machine, state: string, more: readonly string[] = []): Promise<State> {
  const { name } = machine
  const type = more.includes('--type') ? [] : ['--type', 'state']
  const { urn, origin, recovery } = await machine.json<Pick<State, 'urn' | 'origin' | 'recovery'>>(
    ['init', '--name', `Agency of ${name}`, '--origin', `log.${name}.invalid`, '--as', name],
    [...type, ...more, '--state', state, insecure],
  )
  await machine.serve()
  return { machine, state, urn, origin, recovery }
}

/** Each of these is followed and asked for cosignatures, under the keys that its keeper stated. */
export async function befriend(one: State, ...others: readonly State[]): Promise<void> {
  for (const { machine, urn } of others)
    await one.machine.json(
      ['peer', 'add', machine.url, '--keeper', urn, '--with-witness', '--allow-private'],
      ['--as', one.machine.name],
    )
}

/**
 * Writes two C2SP tlog-policies beside a node, with the others as witnesses, one for each State: `both` of them have to
 * cosign, or `one` of them.
 */
export async function writePolicies({ machine }: State, others: readonly State[]): Promise<void> {
  const lines = await Promise.all(
    others.map(async (other) => `witness ${other.state} ${(await statusOf(other)).witnessKeys[0]}`),
  )
  const names = others.map(({ state }) => state).join(' ')
  for (const [file, quorum] of [
    ['both', 2],
    ['one', 1],
  ] as const)
    writeFileSync(
      join(machine.path, file),
      [...lines, `group states ${quorum} ${names}`, 'quorum states', ''].join('\n'),
    )
}

/** The policy of a node's keeper, taken over by whoever relies on it. */
export function policyFor(machine: Machine, { machine: at }: State): string {
  cpSync(join(at.path, 'both'), join(machine.path, 'policy'))
  return 'policy'
}

/** A file with a token that lets file; of a party's own it opens what is private of that party, too. */
export async function tokenOf({ machine }: State, label: string, party?: string): Promise<string> {
  const file = join(machine.path, `${label}.token`)
  const own = party === undefined ? [] : ['--party', party]
  await machine.json('token', 'issue', '--label', label, own, '--out', file)
  return file
}

/** A party that has its home on a machine of its own, and its statements at a node of somebody else. */
export async function hosted(
  machine: Machine,
  at: State,
  { name, type }: { readonly name: string; readonly type: string },
): Promise<Pick<State, 'urn' | 'recovery'>> {
  const alias = name.toLowerCase()
  return machine.json(
    ['party', 'create', alias, '--name', name, '--type', type, '--node', at.machine.url],
    ['--token-file', await tokenOf(at, alias), insecure],
  )
}

/** What is private at a node takes a token of the party's own. */
export async function openVault(machine: Machine, at: State, alias: string, urn: string): Promise<void> {
  cpSync(await tokenOf(at, `vault of ${alias}`, urn), join(machine.path, 'home', 'parties', alias, 'token'))
}

export function statusOf({ machine }: State): Promise<Status> {
  return machine.read<Status>('api/v1/status')
}

export async function sizeOf(state: State): Promise<number> {
  return (await statusOf(state)).size
}

export async function peerOf({ machine }: State, other: Pick<State, 'origin'>): Promise<Peer | undefined> {
  const { peers } = await machine.read<{ peers: readonly Peer[] }>('api/v1/peers')
  return peers.find(({ origin }) => origin === other.origin)
}

export async function untilHeld(one: State, other: State, size: number): Promise<void> {
  await until(`${one.machine.name} holds ${size} of ${other.machine.name}`, async () => {
    const peer = await peerOf(one, other)
    return peer === undefined || peer.size >= size
  })
}

/** Until each has what the others have now. */
export async function inStep(states: readonly State[]): Promise<void> {
  for (const one of states)
    for (const other of states) if (one !== other) await untilHeld(one, other, await sizeOf(other))
}

export async function statementsOf({ machine, origin }: State, party: string): Promise<number> {
  const query = `party=${encodeURIComponent(party)}&origin=${origin}&limit=200`
  return (await machine.read<{ items: readonly unknown[] }>(`api/v1/statements?${query}`)).items.length
}

/** The level of a finding once the node has the documents that it rests on. */
export async function agreedOn({ machine }: State, party: string, provision: string): Promise<string | undefined> {
  const path = `api/v1/parties/${encodeURIComponent(party)}/findings`
  let level: string | undefined
  await until(`${machine.name} has a finding`, async () => {
    const response = await fetch(`${machine.url}/${path}`)
    if (!response.ok) return false
    // The schema of the answer says so.
    const { findings } = (await response.json()) as { findings: { provision: string; level?: string }[] }
    level = findings.find((each) => each.provision === provision)?.level
    return level === 'evidenced'
  })
  return level
}

/** Asks again and again, for a minute. */
export async function until(what: string, isSo: () => Promise<boolean>, every = 100): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(every)) {
    if (await isSo()) return
  }
  throw new Error(`it never came to that: ${what}`)
}
