import { defineProcedure } from '../definition.ts'
import { embargoMoves } from './disclosure-embargo.ts'
import { example } from './disclosure-example.ts'
import { reportMoves } from './disclosure-report.ts'
import { customary, disclosureStandard, handlingStandard, initiative, manyParties, ours } from './disclosure-sources.ts'
import { threadMoves } from './disclosure-threads.ts'

/** A vulnerability, from its report to its publication by all whom it concerns at the same minute. */
export const disclosure = defineProcedure({
  name: 'disclosure',
  version: 1,
  title: 'Coordinated disclosure of a vulnerability',
  purpose:
    'Somebody reports a vulnerability to a coordinator, who may be its only vendor, or asks many. Each vendor has a thread with the coordinator that no other vendor sees, and a status of its own; one that says nothing is shown as silent, never as not affected. All agree on one moment, with hour and zone, at which they publish.',
  provisions: ['gids-8', 'gids-1'],
  roles: {
    reporter: { title: 'Who found it and reports it' },
    coordinator: { title: 'Who coordinates: a response team, or the only vendor' },
    vendor: {
      title: 'Whose products may be affected; no vendor learns of the others',
      most: 2000,
      isBystander: true,
      knownTo: ['coordinator'],
    },
  },
  seat: 'coordinator',
  visibility: 'parties',
  states: {
    reported: { title: 'Reported' },
    acknowledged: { title: 'Acknowledged' },
    'not-reproduced': { title: 'Not reproduced' },
    duplicate: { title: 'Duplicate', isEnd: true },
    elsewhere: { title: 'Taken elsewhere', isEnd: true },
    validated: { title: 'Validated', isSettled: true },
    developing: { title: 'Remedy in development', isSettled: true },
    embargo: { title: 'Under embargo', isSettled: true },
    published: {
      title: 'Published',
      isSettled: true,
      record: { provision: 'gids-8', text: 'A vulnerability was disclosed in coordination.' },
    },
    closed: {
      title: 'Closed',
      isEnd: true,
      record: { provision: 'gids-8', text: 'A vulnerability was disclosed in coordination.' },
    },
  },
  moves: { ...reportMoves, ...threadMoves, ...embargoMoves },
  clocks: {
    acknowledgement: {
      title: 'Acknowledgement',
      starts: ['report'],
      stops: ['acknowledge'],
      length: { days: 7 },
      binds: 'coordinator',
      source: { ...disclosureStandard, text: `${disclosureStandard.text}: seven days to acknowledge a report` },
      lapse: 'the reporter may take the report elsewhere',
      opens: ['turn-elsewhere'],
    },
    validation: {
      title: 'Validation',
      starts: ['acknowledge', 'open'],
      stops: ['validate', 'not-reproduce', 'find-duplicate'],
      length: { days: 14 },
      binds: 'coordinator',
      source: ours,
      lapse: 'silence is on record, as silence',
      opens: [],
    },
    publication: {
      title: 'A date of publication',
      starts: ['report', 'lift'],
      stops: ['set-embargo', 'set-embargo-without-all', 'publish'],
      length: { days: 45 },
      binds: 'coordinator',
      source: customary,
      lapse: 'the reporter may say that it publishes itself',
      opens: ['publish-alone'],
    },
    'vendor-answer': {
      title: 'First answer of a vendor',
      starts: ['invite'],
      stops: ['state-status', 'answer', 'step-back'],
      length: { days: 7 },
      binds: 'vendor',
      isEach: true,
      source: ours,
      lapse: 'the vendor is shown as silent, which is no word about its products',
      opens: [],
    },
    agreement: {
      title: 'Answers to the date that was proposed',
      starts: ['propose-date'],
      stops: ['set-embargo', 'set-embargo-without-all'],
      length: { hours: 120 },
      binds: 'vendor',
      source: ours,
      lapse: 'the coordinator may set the embargo among those who agreed',
      opens: ['set-embargo-without-all'],
    },
    embargo: {
      title: 'Embargo',
      starts: ['set-embargo', 'set-embargo-without-all'],
      stops: ['publish', 'lift'],
      length: { until: 'endsAt' },
      binds: 'coordinator',
      source: manyParties,
      lapse: 'what was agreed is published, by each at home',
      opens: [],
    },
  },
  sources: [initiative, disclosureStandard, handlingStandard, manyParties],
  example,
})
