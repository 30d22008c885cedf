import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure, type GuardLook } from '../definition.ts'

const { closed, digest, documents, oneOf, party, text } = fields

const charter: Citation = {
  text: 'Charter of the United Nations, art. 18: one vote each; two thirds on important questions',
  verified: true,
}
const rules: Citation = {
  text: 'Rules of procedure of the General Assembly, rules 67, 85 and 86: quorum, majorities, abstention is not voting',
  verified: false,
}
const silence: Citation = { text: 'General Assembly decision 74/544: silence procedure of 72 hours', verified: false }
const code: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359), provision g',
  verified: true,
}

type Vote = 'yes' | 'no' | 'abstain'

/** The votes so far. Safe: the fact is collected from bodies that fitted the schema. */
const votesOf = ({ facts }: GuardLook): readonly Vote[] => Object.values((facts['vote'] ?? {}) as Record<string, Vote>)

/**
 * Of the members voting, a majority, or two thirds on an important question; abstention is not voting. Without a quorum,
 * which is a majority of the members, nothing is decided and the discussion goes on.
 */
function outcomeOf(look: GuardLook): 'adopted' | 'rejected' | 'discussion' {
  const votes = votesOf(look)
  const yes = votes.filter((vote) => vote === 'yes').length
  const voting = yes + votes.filter((vote) => vote === 'no').length
  const members = look.roles['member']?.length ?? 0
  if (votes.length * 2 <= members) return 'discussion'
  const isCarried = look.facts['importance'] === 'important' ? yes > 0 && yes * 3 >= voting * 2 : yes * 2 > voting
  return isCarried ? 'adopted' : 'rejected'
}

const tally = ['vote', 'importance'] as const

/** Decisions by consensus, else by public signed roll-call. */
export const decision = defineProcedure({
  name: 'decision',
  version: 1,
  title: 'Decision',
  purpose:
    'A proposal is discussed and amended. The chair calls for consensus; who objects brings it to a public roll-call, in which every member has one signed vote. The decision is linked to what was done about it.',
  provisions: ['code-g', 'code-j'],
  roles: {
    proposer: { title: 'Who proposes', isBystander: true },
    chair: { title: 'Who leads the discussion, and states its outcome' },
    member: { title: 'Who decides', most: 256 },
  },
  seat: 'chair',
  visibility: 'public',
  states: {
    discussion: {
      title: 'Under discussion',
      record: { provision: 'code-g', text: 'A proposal is before its members.' },
    },
    consensus: { title: 'Consensus is called for' },
    objected: { title: 'Objected to' },
    voting: { title: 'Roll-call', isSettled: true },
    adopted: {
      title: 'Adopted',
      isSettled: true,
      record: { provision: 'code-g', text: 'A decision was adopted, with every vote on record.' },
    },
    rejected: {
      title: 'Rejected',
      isEnd: true,
      record: { provision: 'code-g', text: 'A proposal was rejected, with every vote on record.' },
    },
    implemented: {
      title: 'Implemented',
      isEnd: true,
      record: { provision: 'code-g', text: 'What was done about a decision is on record.' },
    },
  },
  moves: {
    'propose-text': {
      title: 'Propose',
      by: 'anyone',
      joins: 'proposer',
      binds: { chair: 'chair', members: 'member' },
      from: 'opening',
      to: 'discussion',
      body: closed({
        chair: party,
        members: Type.Array(party, { minItems: 1, maxItems: 256, uniqueItems: true }),
        subject: text(400),
        text: digest,
        importance: oneOf(['ordinary', 'important'], 'important questions take two thirds of those voting'),
        documents: Type.Optional(documents),
      }),
      brings: ['text'],
      keeps: ['importance', 'text'],
      cites: [charter, code],
    },
    comment: {
      title: 'Comment',
      by: ['member', 'proposer'],
      from: ['discussion', 'objected'],
      to: 'same',
      body: closed({
        text: text(16_000),
        amendment: Type.Optional({ ...digest, description: 'document with the amendment that is asked for' }),
        documents: Type.Optional(documents),
      }),
      brings: ['amendment'],
    },
    amend: {
      title: 'Put an amended text before the members',
      by: ['proposer'],
      from: ['discussion', 'objected'],
      to: 'discussion',
      body: closed({ text: digest, documents: Type.Optional(documents), reason: Type.Optional(text(4000)) }),
      brings: ['text'],
      keeps: ['text'],
    },
    'call-consensus': {
      title: 'Call for consensus',
      by: ['chair'],
      from: ['discussion'],
      to: 'consensus',
      body: closed({}),
      cites: [silence],
    },
    object: {
      title: 'Object',
      by: ['member'],
      from: ['consensus'],
      to: 'objected',
      body: closed({ reason: text(4000) }),
    },
    'declare-consensus': {
      title: 'State that there is consensus',
      by: ['chair'],
      from: ['consensus'],
      to: 'adopted',
      after: 'objections',
      body: closed({}),
      cites: [silence],
    },
    'call-vote': {
      title: 'Open the roll-call',
      by: ['chair'],
      from: ['discussion', 'objected'],
      to: 'voting',
      resets: ['vote', 'cast'],
      body: closed({}),
      cites: [charter],
    },
    cast: {
      title: 'Vote',
      by: ['member'],
      each: true,
      once: true,
      from: ['voting'],
      to: 'same',
      body: closed({
        vote: oneOf(['yes', 'no', 'abstain']),
        explanation: Type.Optional(text(4000, 'explanation of vote')),
      }),
      collects: ['vote'],
      cites: [charter, rules],
    },
    'close-vote': {
      title: 'Close the roll-call when all have voted',
      by: ['chair'],
      from: ['voting'],
      to: ['adopted', 'rejected', 'discussion'],
      body: closed({}),
      guard: {
        reads: ['vote'],
        says: 'every member has voted',
        check: (look) => {
          const missing = (look.roles['member']?.length ?? 0) - votesOf(look).length
          return missing === 0 ? undefined : `${missing} members have not voted, and the time for it has not passed`
        },
      },
      decide: { reads: tally, choose: outcomeOf },
      cites: [rules],
    },
    'close-vote-in-time': {
      title: 'Close the roll-call after the time for it',
      by: ['chair'],
      from: ['voting'],
      to: ['adopted', 'rejected', 'discussion'],
      after: 'votes',
      body: closed({}),
      decide: { reads: tally, choose: outcomeOf },
      cites: [rules],
    },
    'report-implementation': {
      title: 'Report what was done',
      by: ['member', 'proposer', 'chair'],
      from: ['adopted'],
      to: 'same',
      body: closed({ text: text(16_000), documents: Type.Optional(documents) }),
    },
    conclude: {
      title: 'State that the decision is carried out',
      by: ['chair'],
      from: ['adopted'],
      to: 'implemented',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
  },
  clocks: {
    objections: {
      title: 'Objections',
      starts: ['call-consensus'],
      stops: ['object'],
      length: { hours: 72 },
      binds: 'member',
      source: silence,
      lapse: 'the chair may state that there is consensus',
      opens: ['declare-consensus'],
    },
    votes: {
      title: 'Votes',
      starts: ['call-vote'],
      stops: ['cast'],
      length: { days: 7 },
      binds: 'member',
      source: { text: "this project's own choice, where the rules of a body name no time", verified: true },
      lapse: 'the chair may close the roll-call; who has not voted is shown as not having voted',
      opens: ['close-vote-in-time'],
    },
  },
  sources: [charter, rules, silence, code],
  example: [
    {
      by: 'proposer',
      move: 'propose-text',
      after: 0,
      body: {
        chair: 'chair',
        members: ['member', 'member 2', 'member 3'],
        subject: 'Half-yearly tests of contacts',
        text: `sha256:${'1a'.repeat(32)}`,
        importance: 'ordinary',
      },
    },
    { by: 'member 2', move: 'comment', after: 86_400, body: { text: 'Half-yearly is often enough.' } },
    { by: 'chair', move: 'call-consensus', after: 7 * 86_400, body: {} },
    { by: 'member 3', move: 'object', after: 86_400, body: { reason: 'We ask for a vote.' } },
    { by: 'chair', move: 'call-vote', after: 3600, body: {} },
    { by: 'member', move: 'cast', after: 3600, body: { vote: 'yes' } },
    { by: 'member 2', move: 'cast', after: 60, body: { vote: 'yes', explanation: 'It costs little.' } },
    { by: 'member 3', move: 'cast', after: 60, body: { vote: 'abstain' } },
    { by: 'chair', move: 'close-vote', after: 3600, body: {} },
    { by: 'chair', move: 'report-implementation', after: 90 * 86_400, body: { text: 'The first test took place.' } },
    { by: 'chair', move: 'conclude', after: 86_400, body: {} },
  ],
})
