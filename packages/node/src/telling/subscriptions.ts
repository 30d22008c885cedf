import { randomBytes, sha256Hex } from '@comity/crypto'
import { NodeError } from '../node-error.ts'
import type { VaultDesk } from '../vault/desk.ts'
import { isMailAddress } from './channels/mail-relay.ts'
import { mintWebhookSecret } from './channels/standard-webhooks.ts'
import type { Channel, Detail, SubscriptionAdded } from './record/telling-event.ts'
import type { KeptSubscription, TellingReader } from './record/telling-reader.ts'

/** How many one party may have. */
export const subscriptionsPerParty = 16

/** Messages in an hour where nobody says, and at most. */
export const usualPerHour = 12
export const greatestPerHour = 60

/** Longest label, in characters. */
const labelLength = 200

/** What a party asks for. */
export interface SubscriptionRequest {
  readonly channel:
    | { readonly kind: 'mail'; readonly to: string }
    | { readonly kind: 'webhook'; readonly url: string }
    | { readonly kind: 'feed' }
  readonly label?: string
  /** `none` where nothing is said. */
  readonly detail?: Detail
  readonly perHour?: number
}

/** What was made of it. */
export interface AddedSubscription {
  readonly id: string
  /** What messages are signed with (`whsec_…`), or what the feed's address ends in: shown this once. */
  readonly secret?: string
}

export interface SubscriptionsParts {
  readonly desk: VaultDesk
  readonly reader: TellingReader
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** The node has a relay that takes its mail. */
  readonly sendsMail: boolean
  /** Plain http is taken, in a network of the keeper's own. */
  readonly allowPrivate: boolean
}

/** Who is told, and where: added and removed by the party itself. */
export class Subscriptions {
  readonly #parts: SubscriptionsParts

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts
  }

  /** Errors: `bad-subscription`, `no-relay`, `too-many-subscriptions`. */
  async add(party: string, request: SubscriptionRequest): Promise<AddedSubscription> {
    const { label = '', detail = 'none', perHour = usualPerHour } = request
    checkLabel(label)
    if (!Number.isSafeInteger(perHour) || perHour < 1 || perHour > greatestPerHour) {
      throw new NodeError('bad-subscription', `messages in an hour are 1 to ${greatestPerHour}`, {
        pointer: '/perHour',
      })
    }
    const { channel, secret } = this.#channelOf(request.channel)
    const id = Buffer.from(randomBytes(8)).toString('hex')
    const { desk, reader, now } = this.#parts
    return desk.write(async (pen) => {
      if (reader.of(party).length >= subscriptionsPerParty) {
        throw new NodeError(
          'too-many-subscriptions',
          `a party has at most ${subscriptionsPerParty} subscriptions: remove one first`,
        )
      }
      const at = now()
      const { keyId, opening } = await pen.host(party, at)
      const event: SubscriptionAdded = { type: 'subscription', id, channel, label, detail, perHour, at }
      await pen.record([...opening, { keyId, event }])
      return { id, ...(secret === undefined ? {} : { secret }) }
    })
  }

  /** In the order in which they were added. */
  list(party: string): readonly KeptSubscription[] {
    return this.#parts.reader.of(party)
  }

  /** Nobody is told by it any more, a message under way included. Errors: `unknown-subscription`. */
  async remove(party: string, id: string): Promise<void> {
    const { desk, reader, now } = this.#parts
    await desk.write(async (pen) => {
      const { partition } = reader.find(party, id)
      await pen.record([{ keyId: partition.keyId, event: { type: 'subscription-removed', id, at: now() } }])
    })
  }

  #channelOf(asked: SubscriptionRequest['channel']): { readonly channel: Channel; readonly secret?: string } {
    switch (asked.kind) {
      case 'mail':
        return { channel: { kind: 'mail', to: this.#mailAddress(asked.to) } }
      case 'webhook': {
        const secret = mintWebhookSecret()
        return { channel: { kind: 'webhook', url: this.#receiver(asked.url), secret }, secret }
      }
      case 'feed': {
        const secret = Buffer.from(randomBytes(32)).toString('base64url')
        return { channel: { kind: 'feed', hash: sha256Hex(Buffer.from(secret)) }, secret }
      }
    }
  }

  #mailAddress(to: string): string {
    if (!this.#parts.sendsMail) {
      throw new NodeError(
        'no-relay',
        'this node sends no mail: its keeper gave it no relay ("comity serve --mail-relay")',
      )
    }
    if (isMailAddress(to)) return to
    throw new NodeError(
      'bad-subscription',
      'that is no mail address such as desk@example.org, alone and without a name',
      {
        pointer: '/channel/to',
      },
    )
  }

  #receiver(text: string): string {
    const refuse = (message: string) => new NodeError('bad-subscription', message, { pointer: '/channel/url' })
    const url = text.length > 2000 ? null : URL.parse(text)
    const isPlain = url?.protocol === 'http:'
    if (url === null || !(isPlain || url.protocol === 'https:')) {
      throw refuse('that is no address such as https://siem.example.org/comity, of at most 2,000 characters')
    }
    if (isPlain && !this.#parts.allowPrivate) {
      throw refuse('a receiver is reached over https alone: http would show everybody on the way what you run')
    }
    if (url.username !== '' || url.password !== '') {
      throw refuse('the address holds a name or a password: leave them out, messages are signed')
    }
    url.hash = ''
    return url.href
  }
}

function checkLabel(label: string): void {
  if (label.length <= labelLength && label.isWellFormed() && !/\p{Cc}/u.test(label)) return
  throw new NodeError(
    'bad-subscription',
    `a label has at most ${labelLength} characters, none of them a control character`,
    {
      pointer: '/label',
    },
  )
}
