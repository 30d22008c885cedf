/** How a party is told what concerns it. Every call takes a token of that party; nothing of it appears anywhere else. */
import { type Static, Type } from 'typebox'
import { at, closed, oneOf } from './fields.ts'
import { matchSchema } from './vault.ts'

/** Longest that a read waits, in seconds. */
export const longestWait = 45

const count = Type.Integer({ minimum: 0 })
const cursor = Type.String({ pattern: '^[0-9]{1,15}-[0-9a-f]{32}$' })

export const alertsQuery = closed({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional({
    ...cursor,
    description: 'the `next` of the page before; without it from the first alert on',
  }),
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: longestWait,
      description: 'seconds to wait for the first alert, where there is none behind the cursor yet',
    }),
  ),
})
export type AlertsQuery = Static<typeof alertsQuery>

export const alertSchema = closed({
  cursor: { ...cursor, description: 'its place among the alerts of the party, and the cursor behind it' },
  at: { ...at, description: 'when it arose, by the clock of the log or the inventory that brought it' },
  match: { ...matchSchema, description: 'the match as it stands now, which may be harmless again' },
})
export type Alert = Static<typeof alertSchema>

export const alertsResponse = closed({
  items: Type.Array(alertSchema),
  next: { ...cursor, description: 'where to go on, also when there was nothing' },
  more: Type.Boolean({ description: 'there may be more behind `next` already' }),
})
export type AlertsResponse = Static<typeof alertsResponse>

const mail = closed({ kind: Type.Literal('mail'), to: Type.String({ minLength: 3, maxLength: 254 }) })
const webhook = closed({ kind: Type.Literal('webhook'), url: Type.String({ minLength: 8, maxLength: 2000 }) })
const feed = closed({ kind: Type.Literal('feed') })
const channel = Type.Union([mail, webhook, feed])

const detail = oneOf(['none', 'full'], 'what leaves the node: that there is something new, or what')
const label = Type.String({ maxLength: 200 })
const perHour = Type.Integer({ minimum: 1, maximum: 60, description: 'messages in an hour at the most' })

export const subscribeBody = closed({
  channel,
  label: Type.Optional(label),
  detail: Type.Optional({ ...detail, default: 'none' }),
  perHour: Type.Optional({ ...perHour, default: 12 }),
})
export type SubscribeBody = Static<typeof subscribeBody>

const subscriptionId = Type.String({ pattern: '^[0-9a-f]{16}$', description: '16 hexadecimal digits' })

export const subscribeResponse = closed({
  id: subscriptionId,
  secret: Type.Optional(
    Type.String({ description: 'what messages are signed with (Standard Webhooks), shown this once' }),
  ),
  feed: Type.Optional(Type.String({ description: 'address of the feed, shown this once: who has it reads the feed' })),
})
export type SubscribeResponse = Static<typeof subscribeResponse>

const untold = {
  code: Type.String({ description: 'why nobody was told' }),
  status: Type.Optional(Type.Integer({ description: 'what the other side answered, of HTTP or SMTP' })),
}

export const subscriptionsResponse = closed({
  subscriptions: Type.Array(
    closed({
      id: subscriptionId,
      channel,
      label,
      detail,
      perHour,
      at,
      state: oneOf(['idle', 'waiting', 'stopped'], 'whether a message is being brought; `stopped`: nobody is there'),
      toldAt: Type.Optional({ ...at, description: 'when somebody was last told' }),
      missed: { ...count, description: 'messages given up since then' },
      failed: Type.Optional(closed({ ...untold, at })),
      lastAttempt: Type.Optional(closed({ ...untold, at })),
    }),
  ),
})
export type SubscriptionsResponse = Static<typeof subscriptionsResponse>

export const subscriptionParams = closed({ id: subscriptionId })

export const testSubscriptionResponse = closed({
  told: Type.Boolean(),
  code: Type.Optional(untold.code),
  status: untold.status,
})
export type TestSubscriptionResponse = Static<typeof testSubscriptionResponse>

export const feedParams = closed({ secret: Type.String({ minLength: 1, maxLength: 100 }) })
