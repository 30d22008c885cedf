import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure } from '../definition.ts'

const { closed, date, documents, language, list, oneOf, party, text } = fields

const code: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359), provisions h and i',
  verified: true,
}
const clearingHouse: Citation = {
  text: 'practice of the Global Forum on Cyber Expertise: the requester chooses',
  verified: false,
}
const ours: Citation = { text: "this project's own choice: a need that nobody met is to be seen", verified: true }

const theme = oneOf(
  ['policy', 'incident-response', 'law-enforcement', 'standards', 'infrastructure', 'skills', 'access', 'other'],
  'what it is about',
)
const means = oneOf(['training', 'equipment', 'funds', 'technology', 'advice', 'other'], 'what is given')
const terms = {
  theme,
  means: list(means, 6),
  places: Type.Optional(list(fields.stateCode, 32, 'States')),
  languages: Type.Optional(list(language, 16)),
  from: Type.Optional(date),
  until: Type.Optional(date),
  technology: Type.Optional(text(4000, 'technology that is transferred, and on which terms')),
  text: text(4000),
  documents: Type.Optional(documents),
}

/** Needs and offers of help. Offers are filtered for a need, and the requester chooses. */
export const capacity = defineProcedure({
  name: 'capacity',
  version: 1,
  title: 'Help and capacity',
  purpose:
    'A party says what it needs; others offer; the requester chooses, and nobody else does. What was agreed becomes a project with milestones, which both sides evaluate. A need that nobody met is shown as unmet.',
  provisions: ['code-i', 'code-h'],
  roles: {
    requester: { title: 'Who needs help' },
    offerer: { title: 'Who offers it', most: 64 },
    partner: { title: 'Whose offer was chosen', most: 8 },
  },
  seat: 'opener',
  visibility: 'public',
  states: {
    open: { title: 'Needed', record: { provision: 'code-i', text: 'A need is on record.' } },
    chosen: { title: 'An offer was chosen' },
    project: {
      title: 'Project',
      record: { provision: 'code-i', text: 'Help was agreed, and its milestones are on record.' },
    },
    evaluated: {
      title: 'Evaluated',
      isEnd: true,
      record: { provision: 'code-i', text: 'Help was given, and both sides evaluated it.' },
    },
    unmet: { title: 'Unmet', isEnd: true, record: { provision: 'code-i', text: 'A need was not met.' } },
  },
  moves: {
    need: {
      title: 'Say what is needed',
      by: 'anyone',
      joins: 'requester',
      from: 'opening',
      to: 'open',
      body: closed(terms),
      keeps: ['theme'],
      cites: [code],
    },
    offer: {
      title: 'Offer',
      by: 'anyone',
      joins: 'offerer',
      from: ['open'],
      to: 'same',
      body: closed(terms),
      cites: [code],
    },
    choose: {
      title: 'Choose an offer',
      by: ['requester'],
      from: ['open'],
      to: 'chosen',
      body: closed({ partners: Type.Array(party, { minItems: 1, maxItems: 8, uniqueItems: true }) }),
      binds: { partners: 'partner' },
      resets: ['agree'],
      guard: {
        reads: [],
        says: 'only who has offered is chosen',
        check: ({ body, roles }) => {
          const named = body['partners'] as readonly string[] // as the schema above has it
          const strangers = named.filter((each) => roles['offerer']?.includes(each) !== true)
          return strangers.length === 0 ? undefined : `${strangers.join(', ')} has offered nothing`
        },
      },
      cites: [clearingHouse],
    },
    agree: {
      title: 'Agree',
      by: ['partner'],
      each: true,
      from: ['chosen'],
      to: 'project',
      body: closed({ text: Type.Optional(text(4000)), documents: Type.Optional(documents) }),
    },
    'ask-again': {
      title: 'Ask for other offers',
      by: ['requester'],
      from: ['chosen'],
      to: 'open',
      body: closed({ reason: Type.Optional(text(4000)) }),
    },
    milestone: {
      title: 'Report a milestone',
      by: ['requester', 'partner'],
      from: ['project'],
      to: 'same',
      body: closed({
        name: text(200),
        reached: Type.Boolean(),
        text: Type.Optional(text(4000)),
        documents: Type.Optional(documents),
      }),
    },
    evaluate: {
      title: 'Evaluate',
      by: ['requester', 'partner'],
      each: true,
      from: ['project'],
      to: 'evaluated',
      body: closed({ text: text(16_000), documents: Type.Optional(documents) }),
    },
    'close-unmet': {
      title: 'Say that nobody met the need',
      by: ['requester'],
      from: ['open'],
      to: 'unmet',
      after: 'offers',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
  },
  clocks: {
    offers: {
      title: 'Offers',
      starts: ['need'],
      stops: ['choose'],
      length: { days: 90 },
      binds: 'offerer',
      source: ours,
      lapse: 'the need is shown among those that nobody met; the requester may close it',
      opens: ['close-unmet'],
    },
  },
  sources: [code, clearingHouse],
  example: [
    {
      by: 'requester',
      move: 'need',
      after: 0,
      body: {
        theme: 'incident-response',
        means: ['training'],
        text: 'Two weeks of training for a team of six.',
        places: ['XA'],
        languages: ['fr'],
      },
    },
    {
      by: 'offerer',
      move: 'offer',
      after: 5 * 86_400,
      body: { theme: 'incident-response', means: ['training'], text: 'We can come in March.', languages: ['fr', 'en'] },
    },
    { by: 'requester', move: 'choose', after: 5 * 86_400, body: { partners: ['offerer'] } },
    { by: 'offerer', move: 'agree', after: 86_400, body: {} },
    { by: 'offerer', move: 'milestone', after: 60 * 86_400, body: { name: 'First week', reached: true } },
    {
      by: 'requester',
      move: 'evaluate',
      after: 30 * 86_400,
      body: { text: 'The team answers incidents by itself now.' },
    },
    { by: 'offerer', move: 'evaluate', after: 86_400, body: { text: 'Done as planned.' } },
  ],
})
