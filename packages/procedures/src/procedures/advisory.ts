import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure, type Derivation } from '../definition.ts'

const { closed, date, oneOf, statementId, text } = fields

const initiative: Citation = { text: 'Global Initiative on Data Security, paragraph 8', verified: true }
const csaf: Citation = { text: 'OASIS, Common Security Advisory Framework 2.0', verified: true }
const openVex: Citation = { text: 'OpenVEX: status and justification', verified: true }

/** What a statement of kind `advisory` says, as a move. */
const said = {
  title: text(500),
  modified: date,
  remedy: Type.Optional(oneOf(['update', 'mitigation', 'workaround', 'none-planned'])),
}

/** What a statement of kind `acknowledgement` says, as a move. */
const answered = closed({
  state: oneOf(['affected', 'not_affected', 'mitigated', 'remedied']),
  justification: Type.Optional(text(64, 'why not affected (OpenVEX)')),
  revision: { ...statementId, description: 'the statement of the advisory that it answers' },
  release: Type.Optional(text(128, 'version in use after the remedy')),
})

/** The last answer of each who answered. Who has not answered has no line: that is silence, and no state. */
const latest: Derivation = {
  reads: ['answers'],
  facts: ['answers'],
  from: ({ facts, by, body, at }) => ({
    // Safe: nothing but this function writes the fact of that name.
    answers: { ...(facts['answers'] as object | undefined), [by]: { ...body, at } },
  }),
}

const remedy: Derivation = {
  reads: [],
  facts: ['remedy'],
  from: ({ body }) => ({ remedy: body['remedy'] ?? 'none' }),
}

/** An advisory from its publication: its revisions, and what those who use the product answer. */
export const advisory = defineProcedure({
  name: 'advisory',
  version: 1,
  title: 'Advisory and its answers',
  purpose:
    'A vendor publishes an advisory; every node that follows its log matches it at home, and tells those whom it concerns. What leaves such a node is the acknowledgement that its party chooses to sign: affected, mitigated, remedied, or not affected and why. Who is silent is silent. Reports to authorities run beside it, by the clock profiles of the laws that bind the vendor.',
  provisions: ['gids-8', 'gids-1'],
  roles: {
    publisher: { title: 'Whose advisory it is' },
    user: { title: 'Who uses the product and answers', most: 100_000, isBystander: true },
  },
  seat: 'opener',
  visibility: 'public',
  common: [],
  states: {
    published: {
      title: 'Published',
      isSettled: true,
      record: { provision: 'gids-8', text: 'An advisory is published.' },
    },
    withdrawn: {
      title: 'Withdrawn',
      isSettled: true,
      record: { provision: 'gids-8', text: 'An advisory was withdrawn.' },
    },
  },
  moves: {
    publish: {
      title: 'Publish an advisory',
      by: 'anyone',
      joins: 'publisher',
      kinds: ['advisory'],
      from: 'opening',
      to: 'published',
      body: closed(said),
      keeps: ['title', 'modified'],
      derives: remedy,
      cites: [initiative, csaf],
    },
    revise: {
      title: 'Revise it, or publish it again',
      by: ['publisher'],
      kinds: ['advisory'],
      from: ['published', 'withdrawn'],
      to: 'published',
      body: closed(said),
      keeps: ['title', 'modified'],
      derives: remedy,
      cites: [csaf],
    },
    retract: {
      title: 'Withdraw it',
      by: ['publisher'],
      kinds: ['advisory'],
      from: ['published', 'withdrawn'],
      to: 'withdrawn',
      body: closed({ ...said, withdrawn: date }),
      keeps: ['title', 'modified'],
      derives: remedy,
      cites: [csaf],
    },
    answer: {
      title: 'Acknowledge it, and say how one stands',
      by: 'anyone',
      joins: 'user',
      again: true,
      kinds: ['acknowledgement'],
      from: ['published', 'withdrawn'],
      to: 'same',
      body: answered,
      derives: latest,
      cites: [openVex],
    },
  },
  clocks: {},
  sources: [initiative, csaf, openVex],
  example: [
    {
      by: 'publisher',
      move: 'publish',
      after: 0,
      body: { title: 'Requests with two length headers pass the filter', modified: '2026-11-21T00:00:00Z' },
    },
    { by: 'user', move: 'answer', after: 3600, body: { state: 'affected', revision: '5e'.repeat(32) } },
    {
      by: 'user 2',
      move: 'answer',
      after: 60,
      body: { state: 'not_affected', justification: 'component_not_present', revision: '5e'.repeat(32) },
    },
    {
      by: 'publisher',
      move: 'revise',
      after: 86_400,
      body: {
        title: 'Requests with two length headers pass the filter',
        modified: '2026-11-22T01:01:00Z',
        remedy: 'update',
      },
    },
    {
      by: 'user',
      move: 'answer',
      after: 86_400,
      body: { state: 'remedied', release: '2.1.1', revision: '7e'.repeat(32) },
    },
  ],
})
