import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure } from '../definition.ts'

const { closed, digest, documents, oneOf, party, text } = fields

const charter: Citation = { text: 'Charter of the United Nations, art. 33(1)', verified: true }
const code: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359), provision k',
  verified: true,
}
/** Gathered from the practice of trade disputes; nobody here has read the text beside these figures. */
const understanding = (paragraph: string): Citation => ({
  text: `by the example of the WTO Dispute Settlement Understanding, art. ${paragraph}`,
  verified: false,
})

const means = oneOf(
  ['negotiation', 'enquiry', 'mediation', 'conciliation', 'arbitration', 'judicial-settlement', 'regional', 'other'],
  'a means of peaceful settlement (Charter, art. 33)',
)
/** Means whose result both have accepted beforehand. */
const binding: ReadonlySet<string> = new Set(['arbitration', 'judicial-settlement'])
const submission = { text: text(16_000), documents: Type.Optional(documents) }

/** Disputes between States or parties, settled in peace by whatever means they choose, in any order. */
export const dispute = defineProcedure({
  name: 'dispute',
  version: 1,
  title: 'Settlement of a dispute',
  purpose:
    'A party notifies another of a dispute and asks for consultations. They settle it between themselves, or by any means on which both agree: good offices, enquiry, mediation, conciliation, arbitration, referral elsewhere. A clock that lapses opens a way; it never decides who was right.',
  provisions: ['code-k', 'code-j'],
  roles: {
    claimant: { title: 'Who notifies the dispute' },
    respondent: { title: 'Who is notified', most: 8 },
    'third-party': { title: 'Who joins with an interest of its own', most: 32, isBystander: true },
    offerer: { title: 'Who offers good offices', most: 32, isBystander: true },
    assistant: { title: 'Mediator, commission, panel: whom both sides have chosen', most: 1, isBystander: true },
  },
  seat: 'opener',
  visibility: 'public',
  states: {
    notified: { title: 'Notified', record: { provision: 'code-k', text: 'A dispute is on record.' } },
    acknowledged: { title: 'Acknowledged', record: { provision: 'code-k', text: 'A dispute is on record.' } },
    consultations: { title: 'In consultations', record: { provision: 'code-k', text: 'The parties consult.' } },
    assisted: {
      title: 'Before a means both chose',
      record: { provision: 'code-k', text: 'The parties use a means of peaceful settlement.' },
    },
    outcome: {
      title: 'With an outcome',
      isSettled: true,
      record: { provision: 'code-k', text: 'There is an outcome.' },
    },
    referred: {
      title: 'Referred elsewhere',
      isEnd: true,
      record: { provision: 'code-k', text: 'The dispute was referred elsewhere.' },
    },
    closed: { title: 'Closed', isEnd: true, record: { provision: 'code-k', text: 'The dispute is closed.' } },
  },
  moves: {
    notify: {
      title: 'Notify a dispute',
      by: 'anyone',
      joins: 'claimant',
      binds: { respondents: 'respondent' },
      from: 'opening',
      to: 'notified',
      body: closed({
        respondents: Type.Array(party, { minItems: 1, maxItems: 8, uniqueItems: true }),
        subject: text(400, 'what it is about'),
        urgency: oneOf(['normal', 'urgent'], 'urgent where harm goes on'),
        basis: text(4000, 'the commitment that is said not to be kept, and the facts'),
        documents: Type.Optional(documents),
      }),
      keeps: ['urgency', 'subject'],
      cites: [charter, code],
    },
    acknowledge: {
      title: 'Acknowledge the notification',
      by: ['respondent'],
      each: true,
      from: ['notified'],
      to: 'acknowledged',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
    consult: {
      title: 'Enter into consultations',
      by: ['respondent'],
      each: true,
      from: ['notified', 'acknowledged'],
      to: 'consultations',
      body: closed({ where: Type.Optional(text(400)), text: Type.Optional(text(4000)) }),
    },
    join: {
      title: 'Join as a third party',
      by: 'anyone',
      joins: 'third-party',
      from: ['notified', 'acknowledged', 'consultations', 'assisted'],
      to: 'same',
      within: 'joining',
      body: closed({ interest: text(4000, 'the interest that the outcome touches') }),
      cites: [understanding('4.11')],
    },
    admit: {
      title: 'Let a third party join later',
      by: ['claimant', 'respondent'],
      each: true,
      agreeOn: ['party'],
      from: ['notified', 'acknowledged', 'consultations', 'assisted'],
      to: 'same',
      body: closed({ party }),
      keeps: ['party'],
      binds: { party: 'third-party' },
    },
    offer: {
      title: 'Offer good offices',
      by: 'anyone',
      joins: 'offerer',
      again: true,
      from: ['notified', 'acknowledged', 'consultations', 'assisted', 'outcome'],
      to: 'same',
      body: closed({ means, text: Type.Optional(text(4000)) }),
      cites: [charter],
    },
    choose: {
      title: 'Choose a means of settlement',
      by: ['claimant', 'respondent'],
      each: true,
      agreeOn: ['means', 'assistant'],
      from: ['acknowledged', 'consultations', 'assisted'],
      to: 'assisted',
      body: closed({ means, assistant: Type.Optional(party), terms: Type.Optional(text(4000)) }),
      keeps: ['means', 'assistant'],
      frees: ['assistant'],
      binds: { assistant: 'assistant' },
      cites: [charter],
    },
    'leave-means': {
      title: 'State that the means chosen has not settled it',
      by: ['claimant', 'respondent', 'assistant'],
      from: ['assisted'],
      to: 'consultations',
      body: closed({ text: Type.Optional(text(4000)) }),
      guard: {
        reads: ['means'],
        says: 'not from arbitration or a court, which both have accepted',
        check: ({ facts }) =>
          binding.has(String(facts['means']))
            ? `${String(facts['means'])} ends with its report, or with another means that both choose`
            : undefined,
      },
    },
    submit: {
      title: 'Make a submission',
      by: ['claimant', 'respondent', 'third-party'],
      from: ['acknowledged', 'consultations', 'assisted'],
      to: 'same',
      body: closed(submission),
    },
    settle: {
      title: 'Settle',
      by: ['claimant', 'respondent'],
      each: true,
      agreeOn: ['terms'],
      from: ['notified', 'acknowledged', 'consultations', 'assisted'],
      to: 'outcome',
      body: closed({ terms: digest, documents: Type.Optional(documents) }),
      brings: ['terms'],
      keeps: ['terms'],
    },
    report: {
      title: 'Report the result of the means chosen',
      by: ['assistant'],
      from: ['assisted'],
      to: 'outcome',
      body: closed(submission),
    },
    refer: {
      title: 'Refer the dispute elsewhere',
      by: ['claimant'],
      from: ['notified', 'acknowledged', 'consultations'],
      to: 'referred',
      after: 'settlement',
      body: closed({ to: text(400, 'where'), text: Type.Optional(text(4000)) }),
    },
    implement: {
      title: 'Report what was done',
      by: ['claimant', 'respondent'],
      from: ['outcome'],
      to: 'same',
      body: closed(submission),
    },
    close: {
      title: 'Close the case',
      by: ['claimant', 'respondent'],
      each: true,
      from: ['outcome'],
      to: 'closed',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
    'close-alone': {
      title: 'Close the case after the time for it',
      by: ['claimant'],
      from: ['outcome'],
      to: 'closed',
      after: 'implementation',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
  },
  clocks: {
    joining: {
      title: 'Time for third parties to join',
      starts: ['notify'],
      stops: [],
      length: { days: 10 },
      binds: 'third-party',
      source: understanding('4.11'),
      lapse: 'third parties join when both sides let them',
      opens: [],
    },
    acknowledgement: {
      title: 'Acknowledgement',
      starts: ['notify'],
      stops: ['acknowledge', 'consult'],
      length: { days: 10 },
      binds: 'respondent',
      source: understanding('4.3'),
      lapse: 'silence is on record, as silence',
      opens: [],
    },
    consultations: {
      title: 'Consultations',
      starts: ['notify'],
      stops: ['consult'],
      length: { days: 30 },
      binds: 'respondent',
      source: understanding('4.3'),
      lapse: 'silence is on record, as silence',
      opens: [],
    },
    settlement: {
      title: 'Settlement between the parties',
      starts: ['notify', 'leave-means'],
      stops: ['settle', 'choose'],
      length: { by: 'urgency', lengths: { normal: { days: 60 }, urgent: { days: 20 } } },
      binds: 'respondent',
      source: understanding('4.7 and 4.8'),
      lapse: 'the claimant may refer the dispute elsewhere',
      opens: ['refer'],
    },
    implementation: {
      title: 'Implementation of the outcome',
      starts: ['settle', 'report'],
      stops: ['close'],
      length: { days: 90 },
      binds: 'respondent',
      source: understanding('21.3'),
      lapse: 'the claimant may close the case alone, and say what was left undone',
      opens: ['close-alone'],
    },
  },
  sources: [charter, code],
  example: [
    {
      by: 'claimant',
      move: 'notify',
      after: 0,
      body: {
        respondents: ['respondent'],
        subject: 'Update servers that serve another State other code',
        urgency: 'normal',
        basis: 'Two builds of one release differ by where they are fetched from. The documents compare them.',
      },
    },
    { by: 'respondent', move: 'acknowledge', after: 3 * 86_400, body: { text: 'We look into it.' } },
    { by: 'third-party', move: 'join', after: 86_400, body: { interest: 'We buy the same product.' } },
    { by: 'respondent', move: 'consult', after: 4 * 86_400, body: { where: 'Nairobi' } },
    { by: 'claimant', move: 'settle', after: 9 * 86_400, body: { terms: `sha256:${'5e'.repeat(32)}` } },
    { by: 'respondent', move: 'settle', after: 3600, body: { terms: `sha256:${'5e'.repeat(32)}` } },
    { by: 'respondent', move: 'implement', after: 40 * 86_400, body: { text: 'Release 4.2 is out and reproducible.' } },
    { by: 'claimant', move: 'close', after: 86_400, body: {} },
    { by: 'respondent', move: 'close', after: 3600, body: {} },
  ],
})
