/**
 * The story of a federation, by the real command and real servers: three nodes in three fictitious States, of which one
 * is lost for a while, a forger who is caught, a sealed file, a hosted party that moves, and an audit from outside.
 *
 * Nothing waits for a clock that somebody could set: a node that is down for some seconds is down as for an hour, and
 * what comes late is waited for as long as it takes.
 */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Machine, type Say } from './machine.ts'

const samples = fileURLToPath(new URL('../../samples/', import.meta.url))

/** The keys of the story live for a minute: they need no passphrase. */
const insecure = '--insecure-no-passphrase'

/** A machine with a node, and who keeps it. */
interface State {
  readonly machine: Machine
  readonly state: string
  readonly urn: string
  readonly origin: string
  readonly recovery: readonly string[]
  readonly witnessKeys: readonly string[]
}

/** What came of it; a test reads this, people read what was said. */
export interface Outcome {
  /** Milliseconds from filing to the receipt, with a witness down. */
  readonly receiptWhileDown: number
  /** Seconds until a statement was confirmed by the two others, all being up. */
  readonly confirmedAfter: number
  /** Seconds from the return of the lost node until what it had missed was confirmed. */
  readonly confirmedAfterReturn: number
  /** Which nodes hold the proof against the forger. */
  readonly provenBy: readonly string[]
  readonly sealedBytes: number
  /** Statements of the party that moved, in the old log and in the new. */
  readonly moved: { readonly before: number; readonly after: number }
  readonly audit: string
  readonly seconds: number
}

interface Peer {
  readonly origin: string
  readonly state: string
  readonly size: number
}

/** Plays it in a folder that is gone afterwards. `say` gets lines of 80 columns at most. */
export async function play(say: Say): Promise<Outcome> {
  const began = performance.now()
  const root = mkdtempSync(join(tmpdir(), 'comity-story-'))
  const machines: Machine[] = []
  const machine = (name: string): Machine => {
    const made = new Machine(root, name, (line) => say(`  ${[...line].length > 78 ? `${line.slice(0, 77)}…` : line}`))
    machines.push(made)
    return made
  }
  try {
    return await chapters({ say, machine, began })
  } finally {
    await Promise.all(machines.map((each) => each.end()))
    rmSync(root, { recursive: true, force: true })
  }
}

interface Stage {
  readonly say: Say
  readonly machine: (name: string) => Machine
  readonly began: number
}

async function chapters({ say, machine, began }: Stage): Promise<Outcome> {
  let number = 0
  const chapter = (title: string) => say(`\n${++number}  ${title}`)
  const fact = (text: string) => wrapped(text, 76).forEach((line, i) => say(`  ${i === 0 ? '→' : ' '} ${line}`))

  chapter('Three States found their nodes')
  const found = (name: string, state: string, ...more: readonly string[]) => founded(machine(name), state, more)
  const [north, south, east] = await Promise.all([found('north', 'XA'), found('south', 'XB'), found('east', 'XC')])
  const three = [north, south, east]
  for (const { machine: at, state, origin } of three) fact(`${state}: ${origin} at ${at.url}`)

  chapter('They follow each other, cosign each other, and say who they are')
  await Promise.all(
    three.map(async (one) => {
      for (const other of three) if (other !== one) await befriend(one, other)
      for (const other of three)
        if (other !== one) await one.machine.json('endorse', other.urn, '--claim', 'name', '--claim', 'state')
      const others = three.filter((other) => other !== one)
      for (const [file, quorum] of [
        ['both', 2],
        ['one', 1],
      ] as const)
        writeFileSync(join(one.machine.path, file), policyOf(others, quorum))
      const endorsers = others.flatMap(({ urn }) => ['--endorser', urn])
      await one.machine.json('trust', '--witnesses', 'both', endorsers)
    }),
  )
  await inStep(three)
  const { endorsements } = await east.machine.read<{ endorsements: unknown[] }>(
    `api/v1/parties/${encodeURIComponent(north.urn)}`,
  )
  assert.equal(endorsements.length, 2)
  fact('each has a copy of the others, and two endorsements by other States')
  fact('policy of each: a checkpoint counts when both other States cosigned it')

  chapter('A provider at north, an operator at south: a vulnerability is told')
  const acme = machine('acme')
  const plant = machine('plant')
  const sbom = join(samples, 'operator-inventory.cdx.json')
  const advising = ['advisory', 'publish', join(samples, 'GO-2023-2153.json'), '--product', 'app']
  const [{ provider, advisory }] = await Promise.all([
    (async () => {
      const { urn } = await hosted(acme, north, 'Acme', 'provider')
      await acme.json('support', 'gids')
      await acme.json('product', 'app', '--updates', 'download', '--consent', 'required')
      return { provider: urn, advisory: (await acme.json<{ id: string }>(advising)).id }
    })(),
    (async () => {
      const { urn } = await hosted(plant, south, 'Plant', 'operator')
      await openVault(plant, south, 'plant', urn)
      await plant.json('inventory', 'add', sbom, '--name', 'plant')
    })(),
  ])
  await inStep(three)
  await until(
    'the operator is affected',
    async () => (await plant.json<{ affected: number }>('matches')).affected > 0,
    500,
  )
  await plant.json('acknowledge', advisory, '--state', 'affected')
  fact('south matched it against an inventory that never left south')

  chapter('The advisory is confirmed by the other States')
  const confirming = performance.now()
  const confirmed = await acme.run('receipt', advisory, '--confirm', '--policy', policyFor(acme, north), '--wait', '60')
  assert.equal(confirmed.code, 0, confirmed.stderr)
  const confirmedAfter = secondsSince(confirming)
  fact(`south and east have cosigned, ${confirmedAfter.toFixed(1)} s after the question`)

  chapter('East is lost. The others go on')
  const held = await sizeOf(east)
  await untilHeld(north, east, held)
  await east.machine.kill()
  const filing = performance.now()
  const { id: during } = await acme.json<{ id: string }>(
    'release',
    'add',
    sbom,
    '--product',
    'app',
    '--version',
    '1.0.1',
  )
  const receiptWhileDown = performance.now() - filing
  fact(`registered with its receipt in ${Math.round(receiptWhileDown)} ms, the start of the command included`)
  const delayed = await acme.run('receipt', during, '--confirm', '--policy', 'policy', '--wait', '2')
  assert.equal(delayed.code, 1, delayed.stdout + delayed.stderr)
  fact('its confirmation waits for east: registration does not')
  const one = join(north.machine.path, 'one')
  const enough = await acme.run('receipt', during, '--confirm', '--policy', one, '--wait', '30', '--force')
  assert.equal(enough.code, 0, enough.stderr)
  fact('whoever asks for one State of two is content already')
  const copy = `mirrors/${encodeURIComponent(east.origin)}`
  for (const { machine: at } of [north, south]) {
    const note = await (await fetch(`${at.url}/${copy}/checkpoint`)).text()
    assert.deepEqual(note.split('\n').slice(0, 2), [east.origin, String(held)])
  }
  const { names } = await south.machine.read<{ names: { text: string }[] }>(
    `api/v1/parties/${encodeURIComponent(east.urn)}`,
  )
  assert.equal(names[0]?.text, 'Agency of east')
  fact(`all ${held} entries of east are served by north and south`)

  chapter('East comes back')
  const back = performance.now()
  await east.machine.serve()
  const late = await acme.run('receipt', during, '--confirm', '--policy', 'policy', '--wait', '60', '--force')
  assert.equal(late.code, 0, late.stdout + late.stderr)
  const confirmedAfterReturn = secondsSince(back)
  await inStep(three)
  fact(`caught up, and cosigned what it had missed after ${confirmedAfterReturn.toFixed(1)} s`)

  chapter('A forger is caught')
  const forger = await found('mirage', 'XD', '--type', 'organisation')
  // As a witness each learns at once of a head that it has not seen, wherever it reads the log at the moment.
  await Promise.all([befriend(north, forger), befriend(east, forger), befriend(forger, north, east)])
  fact('a second copy of its folder is made, and shown to the world in turn')
  cpSync(join(forger.machine.path, 'data'), join(forger.machine.path, 'other'), { recursive: true })
  await forger.machine.json('support', 'gids', '--declare', 'gids-7=No hidden functions')
  for (const watching of [north, east]) await untilHeld(watching, forger, await sizeOf(forger))
  await forger.machine.kill()
  await forger.machine.serve('other')
  await forger.machine.json('support', 'gids', '--data', 'other')
  const provenBy: string[] = []
  for (const watching of [north, east]) {
    await until('it is caught', async () => (await peerOf(watching, forger))?.state === 'quarantined')
    provenBy.push(watching.machine.name)
  }
  fact('north and east hold two heads that it signed and that contradict each other')
  const auditor = machine('auditor')
  const proof = await fetch(`${north.machine.url}/mirrors/${encodeURIComponent(forger.origin)}/equivocation`)
  writeFileSync(join(auditor.path, 'proof.json'), new Uint8Array(await proof.arrayBuffer()))
  const { verifierKeys } = await forger.machine.read<{ verifierKeys: string[] }>('api/v1/status')
  const judged = await auditor.run('verify', 'proof.json', ...verifierKeys.flatMap((key) => ['--log-key', key]))
  assert.equal(judged.code, 0, judged.stdout + judged.stderr)
  fact('a stranger verifies the published proof with the key of that log alone')
  await forger.machine.kill()

  chapter('Acme moves from north to a node of its own')
  const own = await founded(machine('own'), 'XA', ['--type', 'organisation'])
  await Promise.all([befriend(own, north, south), ...three.map((each) => befriend(each, own))])
  const before = await statementsOf(north, provider)
  const token = await tokenOf(own, 'acme')
  const move = ['party', 'move', '--to', own.machine.url, '--to-token-file', token]
  const checked = await acme.run(move, '--check')
  assert.equal(checked.code, 0, checked.stderr)
  await acme.json(move)
  await acme.json('support', 'gids', '--declare', 'gids-7=No hidden functions')
  await inStep([...three, own])
  const moved = { before, after: await statementsOf(own, provider) }
  const levels = await Promise.all([...three, own].map((each) => agreedOn(each, provider, 'gids-8')))
  assert.deepEqual(new Set(levels), new Set(['evidenced']))
  fact(`its ${before} statements at north count, and new ones are in its own log`)
  fact('gids-8 is "evidenced" at all four nodes, on what was said before and since')

  chapter('A sealed file goes from north to east')
  const sealedBytes = 3_000_000
  const file = randomBytes(sealedBytes)
  writeFileSync(join(north.machine.path, 'file.bin'), file)
  const sent = await north.machine.json<{ id: string; deliveries?: unknown }>(
    ['message', 'send', '--to', east.urn, '--subject', 'Request 7', '--text', 'See the file.'],
    ['--attach', 'file.bin', '--wait', '60'],
  )
  await until('it arrives', async () => (await east.machine.run('message', 'read', sent.id, '--save', 'in')).code === 0)
  const got = createHash('sha256')
    .update(readFileSync(join(east.machine.path, 'in', 'file.bin')))
    .digest('hex')
  assert.equal(got, createHash('sha256').update(file).digest('hex'))
  fact('it is the same to the byte, and no log says that there was a message')

  chapter('Everything is audited from outside, with public addresses alone')
  await Promise.all(three.map((each) => each.machine.json('findings', '--publish')))
  await inStep([...three, own])
  const urls = three.map(({ machine: at }) => at.url)
  const audited = await auditor.run('audit', ...urls)
  assert.equal(audited.code, 0, audited.stdout + audited.stderr)
  const verdict = (audited.stdout.split('\n\n')[0] ?? '').replaceAll(/\s+/g, ' ')
  fact(verdict)

  const seconds = secondsSince(began)
  say('\nIn short')
  for (const text of [
    `Three States cosign each other: a statement was confirmed ${confirmedAfter.toFixed(1)} s after it was asked for. With one of them lost it was registered as ever, and confirmed ${confirmedAfterReturn.toFixed(1)} s after that one began to start again; until then its log was read at the others.`,
    `The forger was found out by ${provenBy.join(' and ')}, and a stranger verified the proof offline.`,
    `A file of ${sealedBytes} bytes went sealed from one State to another.`,
    `The party that moved has ${moved.before} statements in its old log and ${moved.after} in its own, and one record.`,
    `From outside, with three addresses: ${verdict}`,
    `${Math.round(seconds)} s in all; every node was a process of its own, and kill -9 the only way any of them ended.`,
  ])
    wrapped(text, 76).forEach((line, i) => say(`  ${i === 0 ? '·' : ' '} ${line}`))
  return {
    receiptWhileDown,
    confirmedAfter,
    confirmedAfterReturn,
    provenBy,
    sealedBytes,
    moved,
    audit: verdict,
    seconds,
  }
}

async function founded(machine: Machine, state: string, more: readonly string[]): Promise<State> {
  const { name } = machine
  const type = more.includes('--type') ? [] : ['--type', 'state']
  const { urn, origin, recovery } = await machine.json<Pick<State, 'urn' | 'origin' | 'recovery'>>(
    ['init', '--name', `Agency of ${name}`, '--origin', `log.${name}.invalid`, '--as', name],
    [...type, ...more, '--state', state, insecure],
  )
  await machine.serve()
  const { witnessKeys } = await machine.read<Pick<State, 'witnessKeys'>>('api/v1/status')
  return { machine, state, urn, origin, recovery, witnessKeys }
}

/** Each of these is followed and asked for cosignatures, under the keys that its keeper stated. */
async function befriend(one: State, ...others: readonly State[]): Promise<void> {
  for (const { machine, urn } of others)
    await one.machine.json([
      'peer',
      'add',
      machine.url,
      '--keeper',
      urn,
      '--with-witness',
      '--allow-private',
      '--as',
      one.machine.name,
    ])
}

/** A C2SP tlog-policy: the witnesses by State, and how many of them are enough. */
function policyOf(witnesses: readonly State[], quorum: 1 | 2): string {
  const names = witnesses.map(({ state }) => state)
  return [
    ...witnesses.map(({ state, witnessKeys }) => `witness ${state} ${witnessKeys[0]}`),
    `group states ${quorum} ${names.join(' ')}`,
    'quorum states',
    '',
  ].join('\n')
}

/** The policy of a node's keeper, taken over by whoever relies on it. */
function policyFor(machine: Machine, { machine: at }: State): string {
  cpSync(join(at.path, 'both'), join(machine.path, 'policy'))
  return 'policy'
}

async function tokenOf({ machine }: State, label: string): Promise<string> {
  const file = join(machine.path, `${label}.token`)
  await machine.json('token', 'issue', '--label', label, '--out', file)
  return file
}

async function hosted(machine: Machine, at: State, name: string, type: string): Promise<{ readonly urn: string }> {
  const alias = name.toLowerCase()
  return machine.json<{ urn: string }>(
    ['party', 'create', alias, '--name', name, '--type', type, '--node', at.machine.url],
    ['--token-file', await tokenOf(at, alias), insecure],
  )
}

/** What is private at a node takes a token of the party's own. */
async function openVault(machine: Machine, at: State, alias: string, urn: string): Promise<void> {
  const file = join(at.machine.path, `${alias}-own.token`)
  await at.machine.json('token', 'issue', '--label', `vault of ${alias}`, '--party', urn, '--out', file)
  cpSync(file, join(machine.path, 'home', 'parties', alias, 'token'))
}

async function sizeOf({ machine }: State): Promise<number> {
  return (await machine.read<{ size: number }>('api/v1/status')).size
}

async function peerOf({ machine }: State, other: State): Promise<Peer | undefined> {
  const { peers } = await machine.read<{ peers: readonly Peer[] }>('api/v1/peers')
  return peers.find(({ origin }) => origin === other.origin)
}

async function untilHeld(one: State, other: State, size: number): Promise<void> {
  await until(`${one.machine.name} holds ${size} of ${other.machine.name}`, async () => {
    const peer = await peerOf(one, other)
    return peer === undefined || peer.size >= size
  })
}

/** Until each has what the others have now. */
async function inStep(states: readonly State[]): Promise<void> {
  for (const one of states)
    for (const other of states) if (one !== other) await untilHeld(one, other, await sizeOf(other))
}

async function statementsOf({ machine, origin }: State, party: string): Promise<number> {
  const query = `party=${encodeURIComponent(party)}&origin=${origin}&limit=200`
  return (await machine.read<{ items: readonly unknown[] }>(`api/v1/statements?${query}`)).items.length
}

/** The level of a finding once the node has the documents that it rests on. */
async function agreedOn({ machine }: State, party: string, provision: string): Promise<string | undefined> {
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
async function until(what: string, isSo: () => Promise<boolean>, every = 100): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(every)) {
    if (await isSo()) return
  }
  throw new Error(`it never came to that: ${what}`)
}

/** Lines of at most `width` columns. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}
