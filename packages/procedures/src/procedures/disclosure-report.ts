import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { disclosureStandard, handlingStandard } from './disclosure-sources.ts'
import { described, message, underWay, words } from './disclosure-terms.ts'

const { closed, documents, oneOf, party, text } = fields

/** From the report to what the coordinator makes of it, and to the end of the case. */
export const reportMoves = {
  report: {
    title: 'Report a vulnerability',
    by: 'anyone',
    joins: 'reporter',
    binds: { coordinator: 'coordinator' },
    from: 'opening',
    to: 'reported',
    body: closed({
      coordinator: party,
      ...described,
      wishes: Type.Optional(text(1000, 'about credit, and about the date of publication')),
      documents: Type.Optional(documents),
    }),
    keeps: ['title', 'severity', 'exploited'],
    cites: [disclosureStandard],
  },
  open: {
    title: 'Open a case for what one found oneself, or for a reporter who stays unnamed',
    by: 'anyone',
    joins: 'coordinator',
    from: 'opening',
    to: 'acknowledged',
    body: closed({
      ...described,
      origin: oneOf(['own-finding', 'unnamed-reporter', 'other-case']),
      documents: Type.Optional(documents),
    }),
    keeps: ['title', 'severity', 'exploited'],
    cites: [handlingStandard],
  },
  acknowledge: {
    title: 'Acknowledge the report',
    by: ['coordinator'],
    from: ['reported'],
    to: 'acknowledged',
    body: closed(words),
    fields: { text: 'parties' },
    publicWith: ['published'],
    cites: [disclosureStandard],
  },
  validate: {
    title: 'State that it was reproduced',
    by: ['coordinator'],
    from: ['acknowledged', 'not-reproduced'],
    to: 'validated',
    body: closed({
      ...words,
      identifier: Type.Optional(text(128, 'the number that it was given, such as a CVE')),
      severity: Type.Optional(text(512, 'vector, CVSS 3.1 or 4.0')),
    }),
    keeps: ['identifier', 'severity'],
    fields: { text: 'parties' },
    publicWith: ['published'],
    cites: [handlingStandard],
  },
  'not-reproduce': {
    title: 'State that it could not be reproduced',
    by: ['coordinator'],
    from: ['acknowledged'],
    to: 'not-reproduced',
    body: closed(message),
  },
  'find-duplicate': {
    title: 'State that it is known already',
    by: ['coordinator'],
    from: ['acknowledged'],
    to: 'duplicate',
    body: closed({ of: text(128, 'the number of what is known'), ...words }),
  },
  supplement: {
    title: 'Add to the report',
    by: ['reporter'],
    from: ['reported', 'not-reproduced', ...underWay],
    to: 'same',
    body: closed(message),
  },
  'turn-elsewhere': {
    title: 'Take the report to another coordinator',
    by: ['reporter'],
    from: ['reported'],
    to: 'elsewhere',
    after: 'acknowledgement',
    body: closed(words),
  },
  develop: {
    title: 'State that a remedy is in development',
    by: ['coordinator'],
    from: ['validated'],
    to: 'developing',
    body: closed(words),
  },
  close: {
    title: 'Close the case',
    by: ['coordinator'],
    from: ['not-reproduced', 'published'],
    to: 'closed',
    body: closed(words),
  },
} as const
