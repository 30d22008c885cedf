import { provisionIds } from '@comity/instruments'
import { fields, instrumentIds } from '@comity/statement'
import { Type } from 'typebox'
import { endOf } from '../clocks/end.ts'
import { type Citation, defineProcedure, type GuardLook } from '../definition.ts'

const { closed, date, documents, list, oneOf, provision, seconds, statementId, text } = fields

const treaties = (article: string, verified: boolean): Citation => ({
  text: `by the example of the Vienna Convention on the Law of Treaties, art. ${article}`,
  verified,
})
const silence = treaties('20(5): no objection within twelve months of notice counts as acceptance', true)
const code: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359): adherence is voluntary and open to every State',
  verified: true,
}
const initiative: Citation = {
  text: 'Global Initiative on Data Security (2020): States, companies and others are asked to support it',
  verified: true,
}

const twelve = { months: 12 } as const
const aboutProvision = closed({ provision, text: text(4000) })
const provisions = Type.Array(provision, { minItems: 1, maxItems: 32, uniqueItems: true })
const words = { text: Type.Optional(text(4000)), documents: Type.Optional(documents) }

/** What a statement of kind `adherence` or `support` says, as a move. */
const declared = {
  instrument: oneOf([...instrumentIds]),
  version: Type.Optional(text(64, 'symbol of the text')),
  declarations: Type.Optional(list(aboutProvision, 32)),
  documents: Type.Optional(documents),
}
const adhering = {
  ...declared,
  reservations: Type.Optional(list(aboutProvision, 32)),
  /** When the reservations that stand for the first time were made; absent where there are none. */
  reservedAt: Type.Optional(seconds),
}
const noticeFields = { ...adhering, form: oneOf(['adherence', 'support']), until: date }

/** By provision, since when a reservation stands. Safe: nothing but `reservationsAfter` writes it. */
const reservedIn = ({ facts }: GuardLook) => (facts['reserved'] ?? {}) as Readonly<Record<string, number>>
/** By party and provision, when an objection was made. Safe: nothing but the two functions below writes it. */
const objectionsIn = ({ facts }: GuardLook) =>
  (facts['objections'] ?? {}) as Readonly<Record<string, Readonly<Record<string, number>>>>
const provisionsIn = ({ body }: GuardLook) => body['provisions'] as readonly string[] // as the schema has it

/** A reservation that stood before stands since then; objections to one that was withdrawn fall with it. */
function reservationsAfter(look: GuardLook): Readonly<Record<string, unknown>> {
  const before = reservedIn(look)
  // Safe: the body was read against the schema above.
  const made = (look.body['reservations'] ?? []) as readonly { readonly provision: string }[]
  const reserved = Object.fromEntries(made.map(({ provision: of }) => [of, before[of] ?? look.at]))
  const left = Object.entries(objectionsIn(look)).map(([party, to]) => [party, kept(to, reserved)] as const)
  return { reserved, objections: Object.fromEntries(left.filter(([, to]) => Object.keys(to).length > 0)) }
}

function kept<T>(of: Readonly<Record<string, T>>, names: Readonly<Record<string, unknown>>): Record<string, T> {
  return Object.fromEntries(Object.entries(of).filter(([name]) => Object.hasOwn(names, name)))
}

function objected(look: GuardLook): Readonly<Record<string, unknown>> {
  const of = objectionsIn(look)
  const made = Object.fromEntries(provisionsIn(look).map((name) => [name, look.at]))
  return { objections: { ...of, [look.by]: { ...made, ...of[look.by] } } }
}

function objectionsWithdrawn(look: GuardLook): Readonly<Record<string, unknown>> {
  const of = objectionsIn(look)
  const left = Object.entries(of[look.by] ?? {}).filter(([name]) => !provisionsIn(look).includes(name))
  const others = Object.entries(of).filter(([party]) => party !== look.by)
  return {
    objections: Object.fromEntries([...others, ...(left.length === 0 ? [] : [[look.by, Object.fromEntries(left)]])]),
  }
}

const derived = { reads: ['reserved', 'objections'], facts: ['reserved', 'objections'], from: reservationsAfter }
const everywhere = ['in-force', 'supported', 'leaving', 'withdrawn'] as const

/** Adherence to an instrument, or support of it, from the declaration to its withdrawal, on one record. */
export const adherence = defineProcedure({
  name: 'adherence',
  version: 1,
  title: 'Declaration of adherence',
  purpose:
    'A State declares that it adheres to an instrument; companies and others declare that they support it. Single provisions may have declarations and reservations, to which others may object for twelve months. A withdrawal takes effect on the day that its own notice says, by itself. Who withdrew may come back.',
  provisions: provisionIds,
  roles: {
    party: { title: 'Who adheres or supports' },
    objector: { title: 'Who objects to a reservation', most: 193, isBystander: true },
    commentator: { title: 'Who says something else about it', most: 193, isBystander: true },
    depositary: {
      title: 'Who keeps the texts and tells the others; each reader knows whom it follows',
      most: 16,
      isBystander: true,
    },
  },
  seat: 'opener',
  visibility: 'public',
  common: ['reply'],
  states: {
    'in-force': {
      title: 'Adherence in force',
      record: [
        { provision: 'code-a', text: 'Adherence to the Code is in force.', where: { fact: 'instrument', is: 'code' } },
        {
          provision: 'gids-9',
          text: 'Adherence to the Initiative is in force.',
          where: { fact: 'instrument', is: 'gids' },
        },
      ],
    },
    supported: {
      title: 'Supported',
      record: {
        provision: 'gids-9',
        text: 'The Initiative is supported.',
        where: { fact: 'instrument', is: 'gids' },
      },
    },
    leaving: {
      title: 'In force, notice of withdrawal was given',
      record: [
        {
          provision: 'code-a',
          text: 'The Code holds until the notice runs out.',
          where: { fact: 'instrument', is: 'code' },
        },
        {
          provision: 'gids-9',
          text: 'The Initiative holds until the notice runs out.',
          where: { fact: 'instrument', is: 'gids' },
        },
      ],
    },
    withdrawn: { title: 'Withdrawn' },
  },
  moves: {
    declare: {
      title: 'Declare adherence',
      kinds: ['adherence'],
      by: 'anyone',
      joins: 'party',
      from: 'opening',
      to: 'in-force',
      body: closed(adhering),
      keeps: ['instrument', 'version'],
      derives: derived,
      cites: [code, treaties('19', false)],
    },
    support: {
      title: 'Declare support',
      kinds: ['support'],
      by: 'anyone',
      joins: 'party',
      from: 'opening',
      to: 'supported',
      body: closed(declared),
      keeps: ['instrument', 'version'],
      cites: [initiative],
    },
    'declare-until': {
      title: 'Declare adherence or support until a day',
      kinds: ['adherence', 'support'],
      by: 'anyone',
      joins: 'party',
      from: 'opening',
      to: 'leaving',
      body: closed(noticeFields),
      keeps: ['instrument', 'version'],
      derives: derived,
    },
    'declare-anew': {
      title: 'Declare adherence anew: other declarations, other reservations, a later text',
      kinds: ['adherence'],
      by: ['party'],
      from: ['in-force', 'supported', 'withdrawn'],
      to: 'in-force',
      body: closed(adhering),
      resets: ['version'],
      keeps: ['version'],
      derives: derived,
      cites: [treaties('22(1): a reservation may be withdrawn at any time', false)],
    },
    'support-anew': {
      title: 'Declare support anew',
      kinds: ['support'],
      by: ['party'],
      from: ['in-force', 'supported', 'withdrawn'],
      to: 'supported',
      body: closed(declared),
      resets: ['version'],
      keeps: ['version'],
      derives: derived,
    },
    'give-notice': {
      title: 'Give notice of withdrawal',
      kinds: ['adherence', 'support'],
      by: ['party'],
      from: [...everywhere],
      to: 'leaving',
      body: closed(noticeFields),
      resets: ['version'],
      keeps: ['version'],
      derives: derived,
      cites: [treaties('56(2)', false)],
    },
    'take-back-notice': {
      title: 'Take the notice back',
      kinds: ['adherence', 'support'],
      by: ['party'],
      from: ['leaving'],
      to: ['in-force', 'supported'],
      decide: { reads: [], choose: ({ body }) => (body['form'] === 'support' ? 'supported' : 'in-force') },
      body: closed({ ...adhering, form: noticeFields.form }),
      resets: ['version'],
      keeps: ['version'],
      derives: derived,
      cites: [treaties('68', false)],
    },
    object: {
      title: 'Object to reservations',
      by: 'anyone',
      joins: 'objector',
      again: true,
      from: ['in-force', 'leaving'],
      to: 'same',
      body: closed({
        provisions,
        precludes: Type.Boolean({ description: 'whether it keeps the instrument from holding between the two' }),
        ...words,
      }),
      guard: {
        reads: ['reserved'],
        says: 'to reservations of others that stand, within twelve months of each',
        check: (look) => {
          const reserved = reservedIn(look)
          const standing = Object.keys(reserved).join(', ')
          if (look.roles['party']?.includes(look.by) === true) return 'nobody objects to a reservation of its own'
          const none = provisionsIn(look).find((name) => !Object.hasOwn(reserved, name))
          if (none !== undefined)
            return `no reservation to ${none} stands: ${standing === '' ? 'none does' : `those to ${standing} do`}`
          const late = provisionsIn(look).find((name) => look.at > endOf(reserved[name] ?? 0, twelve, look.place))
          return late === undefined
            ? undefined
            : `the twelve months to object to the reservation to ${late} are over: say it with the move comment`
        },
      },
      derives: { reads: ['objections'], facts: ['objections'], from: objected },
      cites: [treaties('20(4)(b) and 21', false), silence],
    },
    'withdraw-objection': {
      title: 'Withdraw objections',
      by: ['objector'],
      from: [...everywhere],
      to: 'same',
      body: closed({ provisions, ...words }),
      guard: {
        reads: ['objections'],
        says: 'objections of its own that stand',
        check: (look) => {
          const own = objectionsIn(look)[look.by] ?? {}
          const none = provisionsIn(look).find((name) => !Object.hasOwn(own, name))
          return none === undefined ? undefined : `no objection of ${look.by} to the reservation to ${none} stands`
        },
      },
      derives: { reads: ['objections'], facts: ['objections'], from: objectionsWithdrawn },
      cites: [treaties('22(2)', false)],
    },
    comment: {
      title: 'Comment on declarations and reservations, also after the time to object',
      by: 'anyone',
      joins: 'commentator',
      again: true,
      from: [...everywhere],
      to: 'same',
      body: closed({ provisions: Type.Optional(provisions), text: text(4000), documents: words.documents }),
    },
    circulate: {
      title: 'Tell the others, as depositary',
      by: 'anyone',
      joins: 'depositary',
      again: true,
      from: [...everywhere],
      to: 'same',
      body: closed({ statement: { ...statementId, description: 'the statement that is told of' }, ...words }),
      cites: [treaties('77(1)(e)', false)],
    },
  },
  clocks: {
    objections: {
      title: 'Objections to the latest reservations',
      starts: ['declare', 'declare-until', 'declare-anew', 'give-notice', 'take-back-notice'],
      when: 'reservedAt',
      stops: [],
      length: twelve,
      binds: 'objector',
      source: silence,
      lapse: 'who has not objected is taken to accept, as the source says; what is said later is a comment',
      opens: [],
    },
    notice: {
      title: 'Notice of withdrawal',
      starts: ['declare-until', 'give-notice'],
      stops: ['take-back-notice'],
      length: { until: 'until', usual: twelve },
      binds: 'party',
      source: treaties('56(2): twelve months at least', false),
      lapse: 'the withdrawal takes effect',
      opens: [],
      term: 'withdrawn',
    },
  },
  sources: [code, initiative, silence, treaties('19 to 23, 56, 68, 77', false)],
  example: [
    {
      by: 'party',
      move: 'declare',
      after: 0,
      body: {
        instrument: 'gids',
        declarations: [{ provision: 'gids-3', text: 'Our law on personal data is the measure.' }],
        reservations: [{ provision: 'gids-4', text: 'Except where the law of our seat demands a copy there.' }],
        reservedAt: 1_795_219_200,
      },
    },
    {
      by: 'depositary',
      move: 'circulate',
      after: 86_400,
      body: { statement: '1'.repeat(64), text: 'Sent to all that adhere.' },
    },
    {
      by: 'objector',
      move: 'object',
      after: 60 * 86_400,
      body: { provisions: ['gids-4'], precludes: false, text: 'A copy at home is what the paragraph rules out.' },
    },
    { by: 'party', move: 'declare-anew', after: 200 * 86_400, body: { instrument: 'gids' } },
    {
      by: 'party',
      move: 'give-notice',
      after: 30 * 86_400,
      body: { instrument: 'gids', form: 'adherence', until: '2028-12-31T00:00:00Z' },
    },
    { by: 'party', move: 'take-back-notice', after: 30 * 86_400, body: { instrument: 'gids', form: 'adherence' } },
    { by: 'objector', move: 'reply', after: 86_400, body: { text: 'We welcome it.' } },
  ],
})
