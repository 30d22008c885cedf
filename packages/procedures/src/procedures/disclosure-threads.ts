import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { manyParties } from './disclosure-sources.ts'
import { justified, lawDuties, message, underWay, vendorStatus, withCoordinator, words } from './disclosure-terms.ts'

const { closed, documents, list, party, seconds, text } = fields

/** What passes between the coordinator and one of the others, and nobody else sees. */
export const threadMoves = {
  invite: {
    title: 'Ask a vendor into the case',
    by: ['coordinator'],
    from: [...underWay],
    to: 'same',
    binds: { vendor: 'vendor' },
    seenBy: withCoordinator,
    body: closed({ vendor: party, products: Type.Optional(list(text(400), 64)), ...words }),
    cites: [manyParties],
  },
  tell: {
    title: 'Write to one vendor, or to the reporter',
    by: ['coordinator'],
    from: [...underWay, 'published'],
    to: 'same',
    names: ['to'],
    seenBy: withCoordinator,
    body: closed({ to: party, ...message }),
  },
  answer: {
    title: 'Write to the coordinator',
    by: ['vendor', 'reporter'],
    from: [...underWay, 'published'],
    to: 'same',
    seenBy: withCoordinator,
    body: closed(message),
  },
  'state-status': {
    title: 'State how its products stand',
    by: ['vendor'],
    from: [...underWay, 'published'],
    to: 'same',
    seenBy: withCoordinator,
    body: closed({ status: vendorStatus, ...words, documents: Type.Optional(documents) }),
    collects: ['status'],
    guard: justified,
    cites: [manyParties],
  },
  'step-back': {
    title: 'Take no part any more',
    by: ['vendor'],
    from: [...underWay],
    to: 'same',
    seenBy: withCoordinator,
    body: closed({ steppedBack: text(1000, 'why') }),
    collects: ['steppedBack'],
  },
  'state-duties': {
    title: 'State which laws bind one here, and since when one is aware',
    by: ['coordinator', 'vendor'],
    from: [...underWay, 'published'],
    to: 'same',
    seenBy: withCoordinator,
    body: closed({ duties: lawDuties }),
    collects: ['duties'],
  },
  'note-report': {
    title: 'Note a report that a law demands, as it was sent',
    by: ['coordinator', 'vendor'],
    from: [...underWay, 'published'],
    to: 'same',
    seenBy: withCoordinator,
    body: closed({
      law: text(64, 'a clock profile, such as `eu-cra`'),
      duty: text(64, 'which of its reports, such as `early-warning`'),
      to: text(400, 'the authority'),
      sentAt: seconds,
      documents: Type.Optional(documents),
    }),
  },
} as const
