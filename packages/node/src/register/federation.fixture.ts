/** Random federations: several logs with their parties, who move, answer each other, dispute, lose keys and forge. */
import { sha256Hex } from '@comity/crypto'
import { formatTlogProof } from '@comity/log'
import {
  type CorePayloads,
  advisoryUrn,
  caseUrn,
  decodeStatement,
  digestText,
  documentUrn,
  instrumentUrn,
  jwkOf,
  productUrn,
  type ProductPayload,
  releaseUrn,
  type SupplyPayload,
  supplyUrn,
  statementUrn,
} from '@comity/statement'
import { type Actor, actor, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import type { FederatedDeed, Scenario } from './scenario.fixture.ts'
import { WritingLog, startAt } from './writing-log.fixture.ts'

const date = '2026-11-20T12:00:00Z'
const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

export const bytesOfDocument = (which: number): Uint8Array => new TextEncoder().encode(`document ${which}`)
const digestOf = (which: number): string => `sha256:${sha256Hex(bytesOfDocument(which))}`
const documentsOf = (which: number) => [
  { digest: digestOf(which), size: bytesOfDocument(which).length, type: 'text/plain' },
]

/** Moves of a dispute, those that carry it on more often than others. */
const disputeMoves = [
  ['acknowledge', {}],
  ['consult', {}],
  ['acknowledge', { text: 'Received.' }],
  ['settle', { terms: digestOf(0), documents: documentsOf(0) }],
  ['close', {}],
  ['reply', { text: 'We have read this.' }],
  ['offer', { means: 'mediation' }],
  ['refer', { to: 'a court' }],
  ['join', { interest: 'We ship the same release.' }],
  ['propose', { what: { kind: 'suspend' } }],
  ['withdraw', {}],
] as const

interface Dispute {
  readonly urn: string
  readonly seat: number
  /** What happens next if all goes well: whose move, and which of {@link disputeMoves}. */
  readonly course: (readonly [Member, number])[]
}

interface Member {
  readonly actor: Actor
  readonly label: string
  /** Index of the log that it says is its home. */
  home: number
  /** All party statements it has signed, in order: the next one names the last. */
  readonly chain: { readonly bytes: Uint8Array; readonly id: string; readonly from: number; readonly home: number }[]
  payload: CorePayloads['party']
}

/** Plays a scenario; the logs it returns are closed. */
export function played({ logs: count, deeds }: Scenario): readonly WritingLog[] {
  const stage = new Stage(count)
  for (const deed of deeds) stage.play(deed)
  stage.end()
  return stage.logs
}

interface Role {
  readonly name: string
  readonly type: CorePayloads['party']['type']
  readonly thresholds?: CorePayloads['party']['thresholds']
}

const provider: Role = { name: 'provider', type: 'provider' }
const careful: Role = { name: 'careful', type: 'provider', thresholds: { advisory: 2, acknowledgement: 2, move: 2 } }
const ministry: Role = { name: 'ministry', type: 'state' }

class Stage {
  readonly logs: readonly WritingLog[]
  readonly #members: readonly Member[]
  readonly #advisories: { readonly id: string; readonly sub: string }[] = []
  readonly #pending: { readonly member: Member; readonly id: string; readonly log?: number }[] = []
  readonly #disputes: Dispute[] = []
  readonly #sent: Uint8Array[] = []
  #now = startAt

  constructor(count: number) {
    this.logs = Array.from({ length: count }, (_, i) => new WritingLog(`keeper ${i}`))
    this.#members = this.logs.flatMap((log, i) =>
      (i % 2 === 0 ? [careful, provider] : [provider, ministry]).map((role) => this.#found(log, i, role)),
    )
    for (const member of this.#members) {
      this.play({ who: this.#members.indexOf(member), what: 'product', which: 0, pause: 0 })
      this.play({ who: this.#members.indexOf(member), what: 'adhere', which: 0, pause: 0 })
      this.play({ who: this.#members.indexOf(member), what: 'dispute', which: this.#members.indexOf(member), pause: 0 })
    }
  }

  end(): void {
    for (const log of this.logs) log.close(this.#now + 1)
  }

  play({ who, what, which, pause }: FederatedDeed): void {
    if (pause > 0) {
      this.#now += pause
      for (const log of this.logs) log.close(this.#now)
    }
    const member = this.#members[who % this.#members.length]
    const log = this.logs[which % this.logs.length]
    if (member === undefined || log === undefined) return
    const { actor: author } = member
    const product = productUrn(author.urn, `p${which % 2}`)
    switch (what) {
      case 'adhere':
        return void this.#sign(
          member,
          author.payload.type === 'state' ? 'adherence' : 'support',
          instrumentUrn(which % 2 === 0 ? 'gids' : 'code'),
          {},
          which,
        )
      case 'product':
        this.#sign(member, 'product', product, productOf(which), which)
        if (which % 3 === 1)
          this.#sign(member, 'supply', supplyUrn(author.urn, `s${which % 2}`), noticeOf(which), which)
        return
      case 'release':
        return void this.#sign(
          member,
          'release',
          releaseUrn(product, `1.${which}`),
          {
            version: `1.${which}`,
            released: date,
            sbom: digestOf(which % 3),
            ...(which % 2 === 1 ? { artifacts: [{ name: 'a', digest: digestOf(which) }] } : {}),
            documents: documentsOf(which % 3),
          },
          which,
        )
      case 'advisory':
        return this.#advise(member, product, which)
      case 'acknowledge': {
        const advisory = this.#advisories.at(-1 - (which % Math.max(1, this.#advisories.length)))
        if (advisory === undefined) return
        return void this.#sign(
          member,
          'acknowledgement',
          advisory.sub,
          { advisory: advisory.id, state: 'affected' },
          which,
        )
      }
      case 'approve': {
        const target = this.#pending.at(-1 - which)
        if (target === undefined) return
        const second = signerOf(keyFor(`${target.member.label} second`))
        return void this.#submit(
          target.log ?? target.member.home,
          target.member.actor.sign('approval', statementUrn(target.id), {}, this.#now, second),
        )
      }
      case 'withhold':
        return void this.#sign(
          member,
          'withholding',
          documentUrn(digestOf(which % 3).slice('sha256:'.length)),
          { ground: 'data-protection' },
          which,
        )
      case 'compromise':
        return this.#compromise(member)
      case 'move':
        this.#move(member, which % this.logs.length)
        if (which < 3) return
        for (const each of this.logs) each.close(this.#now)
        return this.#arrive(member)
      case 'arrive':
        return this.#arrive(member)
      case 'copy':
        for (const { bytes } of member.chain) this.#submit(which % this.logs.length, bytes)
        return
      case 'replay': {
        const sent = this.#sent.at(-1 - which * 3)
        if (sent !== undefined) log.force(decodeStatement(sent, crypto).leaf)
        return
      }
      case 'dispute':
        return this.#dispute(member, which)
      case 'play':
      case 'file':
        return this.#playCase(member, what === 'play', which)
      case 'forge': {
        const signed = author.sign('product', product, { name: 'Forged', updatePolicy }, this.#now)
        const forged = Buffer.from(decodeStatement(signed, crypto).leaf)
        forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
        log.force(which === 0 ? Buffer.from('no statement') : forged)
        return
      }
    }
  }

  #found(log: WritingLog, home: number, { name, type, thresholds }: Role): Member {
    const label = `${name} ${home}`
    const key = (name: string) => jwkOf({ alg: 'EdDSA', bytes: keyFor(name).publicKey })
    const author = actor(label, log.origin, {
      type,
      party: {
        keys: [
          { jwk: key(label), roles: ['sign', 'approve'] },
          { jwk: key(`${label} spare`), roles: ['sign'] },
          { jwk: key(`${label} second`), roles: ['approve'] },
        ],
        ...(thresholds === undefined ? {} : { thresholds }),
      },
    })
    const bytes = author.founding(startAt)
    this.#submit(home, bytes)
    const { id } = decodeStatement(bytes, crypto)
    return { actor: author, label, home, chain: [{ bytes, id, from: home, home }], payload: author.payload }
  }

  #submit(log: number, bytes: Uint8Array): number | string {
    const target = this.logs[log]
    if (target === undefined) return 'no-log'
    const outcome = target.submit(bytes)
    if (typeof outcome === 'number') this.#sent.push(bytes)
    return outcome
  }

  #sign<K extends keyof CorePayloads>(
    member: Member,
    kind: K,
    sub: string,
    payload: CorePayloads[K],
    which: number,
  ): string | undefined {
    const by = which % 3 === 2 ? signerOf(keyFor(`${member.label} spare`)) : member.actor.signer
    const bytes = member.actor.sign(kind, sub, payload, this.#now, by)
    if (typeof this.#submit(member.home, bytes) === 'string') return undefined
    const { id } = decodeStatement(bytes, crypto)
    this.#pending.push({ member, id })
    return id
  }

  #advise(member: Member, product: string, which: number): void {
    const sub = advisoryUrn(member.actor.urn, `A-${which}`)
    const payload = {
      id: `A-${which}`,
      products: [product],
      title: `A fault ${this.#now}`,
      published: date,
      modified: date,
      document: digestOf(which % 3),
      documents: documentsOf(which % 3),
    }
    const id = this.#sign(member, 'advisory', sub, payload, which)
    if (id !== undefined) this.#advisories.push({ id, sub })
  }

  #dispute(member: Member, which: number): void {
    const others = [1, 2].slice(which % 2).flatMap((n) => this.#members.at(which - n) ?? [])
    const respondents = [...new Set(others)].filter((each) => each !== member)
    const urn = caseUrn(member.actor.urn, `d${which % 3}`)
    const body = {
      respondents: respondents.map(({ actor: { urn: party } }) => party),
      subject: `A dispute ${this.#now}`,
      urgency: which % 2 === 0 ? 'normal' : 'urgent',
      basis: 'Two builds of one release differ.',
    }
    const seat = member.home
    const payload = { procedure: 'dispute/1', move: 'notify', seat: this.logs[seat]?.origin ?? '', body }
    if (!this.#makeMove(member, seat, urn, payload, which)) return
    const course = [
      ...respondents.map((each) => [each, 0] as const),
      ...[member, ...respondents].flatMap((each) => [[each, 1] as const, [each, 3] as const]),
      ...[member, ...respondents].map((each) => [each, 4] as const),
    ]
    this.#disputes.push({ urn, seat, course })
  }

  /**
   * A move in a dispute, at the seat after copies of its author's party statements, or in its author's home log alone:
   * the next in its course, or any move of anybody.
   */
  #playCase(member: Member, isAtSeat: boolean, which: number): void {
    const of = this.#disputes.at(-1 - (which % Math.max(1, this.#disputes.length)))
    if (of === undefined) return
    const [author, number] =
      (which % 3 > 0 ? of.course.shift() : undefined) ?? ([member, (which + this.#now) % disputeMoves.length] as const)
    const [move, body] = disputeMoves[number] ?? disputeMoves[0]
    const payload = { procedure: 'dispute/1', move, seat: this.logs[of.seat]?.origin ?? '', body }
    if (isAtSeat) for (const { bytes } of author.chain) this.#submit(of.seat, bytes)
    this.#makeMove(author, isAtSeat ? of.seat : author.home, of.urn, payload, which)
  }

  /** Where its author wants two keys, the second signs at once or waits until somebody thinks of it. */
  #makeMove(author: Member, log: number, urn: string, payload: CorePayloads['move'], which: number): boolean {
    const bytes = author.actor.sign('move', urn, payload, this.#now)
    if (typeof this.#submit(log, bytes) === 'string') return false
    const { id } = decodeStatement(bytes, crypto)
    const second = signerOf(keyFor(`${author.label} second`))
    if (which % 2 === 0) this.#submit(log, author.actor.sign('approval', statementUrn(id), {}, this.#now, second))
    else this.#pending.push({ member: author, id, log })
    return true
  }

  #compromise(member: Member): void {
    const spare = signerOf(keyFor(`${member.label} spare`)).kid
    const compromise = [{ kid: Buffer.from(spare).toString('hex'), since: this.#now - 40 }]
    this.#change(member, { ...member.payload, compromise }, member.home)
  }

  #move(member: Member, to: number): void {
    const log = this.logs[to]
    if (log === undefined || to === member.home) return
    const { compromise: _said, ...payload } = member.payload
    this.#change(member, { ...payload, home: log.origin }, to)
  }

  #change(member: Member, payload: CorePayloads['party'], home: number): void {
    const previous = member.chain.at(-1)?.id ?? ''
    const bytes = member.actor.sign('party', member.actor.urn, { ...payload, previous }, this.#now)
    if (typeof this.#submit(member.home, bytes) === 'string') return
    member.chain.push({ bytes, id: decodeStatement(bytes, crypto).id, from: member.home, home })
    member.payload = payload
    member.home = home
  }

  /** Copies of all party statements, then the continuation. */
  #arrive(member: Member): void {
    const move = member.chain.findLast((each) => each.from !== each.home)
    if (move === undefined || member.home !== move.home) return
    for (const { bytes } of member.chain) this.#submit(member.home, bytes)
    const [left, log] = [this.logs[move.from], this.logs[member.home]]
    if (left === undefined || log === undefined) return
    const index = left.register.positionOf(move.id)
    const { size } = left
    if (index === undefined || index >= size) return
    const note = left.note(size)
    const payload: CorePayloads['continuation'] = {
      predecessor: { origin: left.origin, size, root: digestText(left.tree.root(size)) },
      reason: 'moved',
      proof: formatTlogProof({ index, proof: left.tree.inclusionProof(index, size), checkpoint: note }),
    }
    this.#submit(member.home, member.actor.sign('continuation', log.origin, payload, this.#now))
  }
}

/** Products that say more or less of what holds should their supply end. */
function productOf(which: number): ProductPayload {
  return {
    name: `P${which}`,
    updatePolicy: { ...updatePolicy, ...(which % 2 === 0 ? { supportUntil: date } : {}) },
    ...(which % 3 === 0 ? { continuity: { worksAlone: 'fully', noticeDays: which } } : {}),
    ...(which % 3 === 1 ? { portability: { formats: ['text/csv'] } } : {}),
  }
}

function noticeOf(which: number): SupplyPayload {
  return {
    action: 'limited',
    goods: `goods ${which}`,
    affects: { everybody: true },
    from: date,
    reasons: [{ ground: 'shortage', text: 'There is not enough.' }],
  }
}
