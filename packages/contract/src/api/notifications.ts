/** What a depositary tells the parties of an instrument: every adherence and what was said of it, the newest first. */
import { fields } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { at, closed, names, oneOf, pageOf, pageQuery, partyUrn, place, provisionId } from './fields.ts'

export const notificationsParams = closed({
  id: Type.String({ minLength: 1, maxLength: 40, description: 'identifier of an instrument: `code`, `gids`' }),
})

export const notificationsQuery = pageQuery({})
export type NotificationsQuery = Static<typeof notificationsQuery>

/** What a notification can tell of. One statement can be several of these. */
export const notificationActs = [
  'adherence',
  'support',
  'declared-anew',
  'declaration',
  'reservation',
  'reservation-withdrawn',
  'notice-of-withdrawal',
  'notice-taken-back',
  'withdrawal-in-effect',
  'objection',
  'objection-withdrawn',
  'comment',
  'circulation',
  'reply',
] as const

const act = closed({
  act: oneOf([...notificationActs]),
  provision: Type.Optional(provisionId),
  text: Type.Optional(Type.String({ description: 'in the words of whoever said it' })),
  at: Type.Optional({ ...at, description: 'when it takes effect, where that is another time' }),
})

export const notification = closed({
  id: Type.String({
    description: 'URN of the statement; `#effect` behind it where it tells what time has brought about',
  }),
  at: { ...at, description: 'when the log of the case had it, or when it took effect by itself' },
  title: Type.String(),
  by: closed({ party: partyUrn, names }),
  of: closed({ party: partyUrn, names }),
  acts: Type.Array(act),
  version: Type.Optional(Type.String({ description: 'symbol of the text, where it was said' })),
  case: Type.String({ description: 'URN of the case in which that party’s adherence is kept' }),
  statement: place,
  links: closed({
    statement: Type.String({ description: 'permalink of the statement' }),
    case: Type.String({ description: 'the case, with all its moves' }),
    party: Type.String(),
  }),
})
export type Notification = Static<typeof notification>

export const notificationsResponse = closed({
  instrument: oneOf(['code', 'gids']),
  ...pageOf(notification).properties,
})
export type NotificationsResponse = Static<typeof notificationsResponse>

/** JSON Feed 1.1 (https://jsonfeed.org/version/1.1). */
export const jsonFeed = closed({
  version: Type.Literal('https://jsonfeed.org/version/1.1'),
  title: Type.String(),
  description: Type.String(),
  home_page_url: Type.String(),
  feed_url: Type.String(),
  next_url: Type.Optional(Type.String()),
  language: fields.language,
  items: Type.Array(
    closed({
      id: Type.String(),
      url: Type.String(),
      title: Type.String(),
      content_text: Type.String(),
      date_published: Type.String({ description: 'RFC 3339' }),
      authors: Type.Array(closed({ name: Type.String() })),
      tags: Type.Array(Type.String()),
    }),
  ),
})
export type JsonFeed = Static<typeof jsonFeed>
