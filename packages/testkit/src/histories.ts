import { sha256Hex } from '@comity/crypto'
import { type ComityNode, NodeError, Refused } from '@comity/node'
import {
  type CorePayloads,
  StatementError,
  advisoryUrn,
  caseUrn,
  documentUrn,
  instrumentUrn,
  jwkOf,
  productUrn,
  releaseUrn,
  statementUrn,
} from '@comity/statement'
import fc from 'fast-check'
import { type Actor, type Keeper, actor, keyFor, signerOf } from './actors.ts'

/** One thing that somebody tries to register. What it refers to is looked up when it is played. */
export interface Deed {
  /** Which of the {@link cast}. */
  readonly who: number
  readonly what:
    | 'found'
    | 'adhere'
    | 'withdraw'
    | 'product'
    | 'release'
    | 'advisory'
    | 'acknowledge'
    | 'approve'
    | 'withhold'
    | 'endorse'
    | 'compromise'
    | 'findings'
    | 'again'
    | 'dispute'
    | 'move'
    | 'file'
  /** Picks among things of one sort: a product, an earlier statement, a State. */
  readonly which: number
  /** Seconds that pass before it. */
  readonly pause: number
}

/** Anything that parties may try in any order, sensible or not. */
export function deeds(options: { readonly maxLength?: number } = {}): fc.Arbitrary<Deed[]> {
  const maxLength = options.maxLength ?? 60
  // Safe: the table has a member for each deed and no other.
  const whats = Object.keys(weights) as Deed['what'][]
  const deed = fc.record({
    who: fc.nat(castSize - 1),
    what: fc.oneof(...whats.map((what) => ({ weight: weights[what], arbitrary: fc.constant(what) }))),
    which: fc.nat(1),
    // Now and then a clock of a dispute runs out.
    pause: fc.oneof({ weight: 20, arbitrary: fc.nat(90) }, { weight: 1, arbitrary: fc.constant(11 * 86_400) }),
  })
  // Long ones: what is interesting needs a product, an advisory about it, and somebody who answers.
  return fc.array(deed, { minLength: Math.floor(maxLength / 2), maxLength, size: 'max' })
}

/** How often each deed is tried: what others build on more often than what ends things. */
const weights: Readonly<Record<Deed['what'], number>> = {
  found: 1,
  adhere: 4,
  withdraw: 1,
  product: 10,
  release: 5,
  advisory: 8,
  acknowledge: 8,
  approve: 8,
  withhold: 1,
  endorse: 1,
  compromise: 1,
  findings: 3,
  again: 1,
  dispute: 4,
  move: 12,
  file: 1,
}

const castSize = 4

/** A State, two providers of which one works under four eyes, and an operator, all at home in one log. */
export function cast(home: Keeper): readonly Actor[] {
  return [
    actor('ministry', home.origin, { type: 'state' }),
    actor('provider', home.origin),
    fourEyes('careful provider', home.origin),
    actor('operator', home.origin, { type: 'operator' }),
  ]
}

/** A provider whose products, advisories and moves take two keys. */
function fourEyes(label: string, home: string): Actor {
  const key = (name: string) => jwkOf({ alg: 'EdDSA', bytes: keyFor(name).publicKey })
  return actor(label, home, {
    party: {
      keys: [
        { jwk: key(label), roles: ['sign', 'approve'] },
        { jwk: key(secondOf(label)), roles: ['approve'] },
      ],
      thresholds: { product: 2, advisory: 2, move: 2 },
    },
  })
}

const secondOf = (label: string): string => `${label} second`

/** What became of a played history. */
export interface Played {
  readonly registered: readonly { readonly id: string; readonly index: number }[]
  /** Codes of what was refused, in order. */
  readonly refused: readonly string[]
}

/** Plays deeds one after the other. Refusals are part of the play; any other error is thrown. */
export async function play(
  node: ComityNode,
  home: Keeper,
  history: readonly Deed[],
  clock: { now(): number; advance(seconds: number): void },
): Promise<Played> {
  const stage = new Stage(node, home, clock)
  for (const author of stage.cast) await stage.submit(author.founding(clock.now()))
  for (const deed of history) {
    clock.advance(deed.pause)
    await stage.play(deed)
  }
  return stage
}

const document = new TextEncoder().encode('{"a document":"that everybody cites"}')
const digest = `sha256:${sha256Hex(document)}`
const documents = [{ digest, size: document.length, type: 'application/json' }]
const date = '2026-11-20T12:00:00Z'

class Stage implements Played {
  readonly cast: readonly Actor[]
  readonly registered: { id: string; index: number }[] = []
  readonly refused: string[] = []
  readonly #node: ComityNode
  readonly #home: Keeper
  readonly #clock: { now(): number }
  readonly #sent: Uint8Array[] = []
  readonly #advisories: { id: string; sub: string }[] = []
  readonly #pending: { id: string; author: Actor }[] = []
  readonly #disputes: string[] = []
  #moved = 0

  constructor(node: ComityNode, home: Keeper, clock: { now(): number }) {
    this.#node = node
    this.#home = home
    this.#clock = clock
    this.cast = cast(home)
  }

  async submit(bytes: Uint8Array): Promise<string | undefined> {
    this.#sent.push(bytes)
    try {
      const { id, index } = await this.#node.submit(bytes)
      this.registered.push({ id, index })
      return id
    } catch (error) {
      const reason = error instanceof Refused ? error.reason : error
      if (!(reason instanceof NodeError || reason instanceof StatementError)) throw error
      this.refused.push(reason.code)
      return undefined
    }
  }

  async play(deed: Deed): Promise<void> {
    const author = this.cast[deed.who] ?? this.#home
    const isState = author.payload.type === 'state'
    const product = productUrn(author.urn, `p${deed.which}`)
    const instrument = instrumentUrn(deed.which % 2 === 0 ? 'gids' : 'code')
    switch (deed.what) {
      case 'found':
        return void (await this.submit(author.founding(this.#clock.now())))
      case 'adhere':
        return this.#sign(author, isState ? 'adherence' : 'support', instrument, {})
      case 'withdraw':
        return this.#sign(author, isState ? 'adherence' : 'support', instrument, { withdrawal: { after: date } })
      case 'product':
        return this.#sign(author, 'product', product, { name: `Product ${deed.which}`, updatePolicy })
      case 'release':
        await this.#node.documents.put(digest, document)
        return this.#sign(author, 'release', releaseUrn(product, `1.${deed.which}`), {
          version: `1.${deed.which}`,
          released: date,
          sbom: digest,
          documents,
        })
      case 'advisory':
        return this.#advise(author, product, deed.which)
      case 'acknowledge': {
        const advisory = this.#advisories.at(deed.which % Math.max(1, this.#advisories.length))
        if (advisory === undefined) return
        return this.#sign(author, 'acknowledgement', advisory.sub, { advisory: advisory.id, state: 'affected' })
      }
      case 'approve':
        return this.#approve(deed.which)
      case 'withhold':
        return this.#sign(author, 'withholding', documentUrn(digest.slice('sha256:'.length)), {
          ground: 'data-protection',
        })
      case 'endorse':
        return this.#sign(author, 'endorsement', this.cast[deed.which]?.urn ?? author.urn, { claims: ['name'] })
      case 'compromise':
        return this.#compromise(author)
      case 'findings':
        return this.#publish()
      case 'dispute':
        return this.#dispute(author, deed.which)
      case 'move':
        return this.#move(author, deed.which, this.#home.origin)
      case 'file':
        return this.#move(author, deed.which, 'elsewhere.invalid')
      case 'again': {
        const sent = this.#sent.at(deed.which - 4)
        return sent === undefined ? undefined : void (await this.submit(sent))
      }
    }
  }

  async #sign<K extends keyof CorePayloads>(
    author: Actor,
    kind: K,
    sub: string,
    payload: CorePayloads[K],
  ): Promise<void> {
    const id = await this.submit(author.sign(kind, sub, payload, this.#clock.now()))
    if (id !== undefined) this.#pending.push({ id, author })
  }

  async #advise(author: Actor, product: string, which: number): Promise<void> {
    await this.#node.documents.put(digest, document)
    const sub = advisoryUrn(author.urn, `A-${which}`)
    const payload = {
      id: `A-${which}`,
      products: [product],
      title: 'A fault',
      published: date,
      modified: date,
      document: digest,
      documents,
    }
    const id = await this.submit(author.sign('advisory', sub, payload, this.#clock.now()))
    if (id === undefined) return
    this.#advisories.push({ id, sub })
    this.#pending.push({ id, author })
  }

  async #dispute(author: Actor, which: number): Promise<void> {
    const respondents = this.cast.slice(which, which + 2).map(({ urn }) => urn)
    const body = { respondents, subject: 'Builds', urgency: 'urgent', basis: 'Two builds of one release differ.' }
    const sub = caseUrn(author.urn, `d${which}`)
    this.#disputes.push(sub)
    await this.#sign(author, 'move', sub, { procedure: 'dispute/1', move: 'notify', seat: this.#home.origin, body })
  }

  /** The next of a list, whoever's move it is. */
  async #move(author: Actor, which: number, seat: string): Promise<void> {
    const sub = this.#disputes.at(-1 - which)
    const [move, body] = disputeMoves[this.#moved++ % disputeMoves.length] ?? disputeMoves[0]
    if (sub === undefined) return
    if (move === 'settle') await this.#node.documents.put(digest, document)
    await this.#sign(author, 'move', sub, { procedure: 'dispute/1', move, seat, body })
  }

  async #approve(which: number): Promise<void> {
    const target = this.#pending.at(-1 - which)
    if (target === undefined) return
    const { author, id } = target
    const by = author.payload.keys.length > 1 ? signerOf(keyFor(secondOf(author.label))) : author.signer
    await this.submit(author.sign('approval', statementUrn(id), {}, this.#clock.now(), by))
  }

  /** Says that its own key was in other hands, which ends that key: what follows from it is refused. */
  async #compromise(author: Actor): Promise<void> {
    const state = this.#node.findParty(author.urn)
    const key = state?.keys.find((each) => each.to === undefined)
    if (state === undefined || key === undefined) return
    const payload = {
      ...author.payload,
      previous: state.statement,
      compromise: [{ kid: key.kid, since: this.#clock.now() - 60 }],
    }
    await this.submit(author.sign('party', author.urn, payload, this.#clock.now()))
  }

  async #publish(): Promise<void> {
    const { id, index } = await this.#node.publishFindings()
    this.registered.push({ id, index })
  }
}

const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

const disputeMoves = [
  ['acknowledge', {}],
  ['acknowledge', {}],
  ['reply', { text: 'We look into it.' }],
  ['offer', { means: 'mediation' }],
  ['settle', { terms: digest, documents }],
  ['withdraw', {}],
] as const
