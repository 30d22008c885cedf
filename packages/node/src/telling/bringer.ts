import type { MailRelay } from './channels/mail-relay.ts'
import { type Outcome, never, untold } from './channels/outcome.ts'
import type { WebhookCaller } from './channels/webhook.ts'
import type { KeptSubscription } from './record/telling-reader.ts'
import type { TellingRecord } from './record/telling-record.ts'
import { type Where, mailWords, testMail } from './words/mail-words.ts'
import { testBody, webhookBody } from './words/webhook-words.ts'

export interface BringerParts {
  /** None where the keeper gave no relay. */
  readonly relay: MailRelay | undefined
  readonly webhooks: WebhookCaller
  readonly where: Where
}

/** Brings one message by the way that its subscription names. Never rejects. */
export class Bringer {
  readonly #parts: BringerParts

  constructor(parts: BringerParts) {
    this.#parts = parts
  }

  async bring({ record: { id: subscription, channel } }: KeptSubscription, telling: TellingRecord): Promise<Outcome> {
    const { relay, webhooks, where } = this.#parts
    const { id, told, at } = telling
    switch (channel.kind) {
      case 'mail':
        return relay?.send({ to: channel.to, id, ...mailWords(told, where) }) ?? untold('no-relay')
      case 'webhook':
        return webhooks.call(channel, `msg_${id}`, webhookBody(told, { subscription, at }))
      case 'feed':
        return { told: true }
    }
  }

  /** One attempt to bring a message that says nothing, under an identifier of its own. */
  async test({ record: { id: subscription, channel } }: KeptSubscription, id: string, at: number): Promise<Outcome> {
    const { relay, webhooks, where } = this.#parts
    switch (channel.kind) {
      case 'mail':
        return relay?.send({ to: channel.to, id, ...testMail(where) }) ?? untold('no-relay')
      case 'webhook':
        return webhooks.call(channel, `msg_${id}`, testBody({ subscription, at }))
      case 'feed':
        return never('refused')
    }
  }
}
