import type { Citation } from '../../definition.ts'
import { type ClockProfile, demanded, whereAvailable } from './profile.ts'

const article14 = (paragraph: string): Citation => ({
  text: `Regulation (EU) 2024/2847, art. 14(${paragraph})`,
  url: 'https://eur-lex.europa.eu/eli/reg/2024/2847/oj',
  verified: true,
})

/** Through the single reporting platform (art. 14(1), (3), (7) and art. 16). */
const to = 'the CSIRT designated as coordinator and ENISA, at once, through the single reporting platform'

/** Cyber Resilience Act, art. 14. Neither of its final reports counts from awareness. */
export const euCra: ClockProfile = {
  id: 'eu-cra',
  law: 'European Union: Cyber Resilience Act, Regulation (EU) 2024/2847, art. 14',
  regions: ['western-europe-and-others', 'eastern-europe'],
  binds: 'manufacturers of products with digital elements that are made available on the market of the Union',
  place: { zone: 'Europe/Brussels' },
  since: '2026-09-11',
  remark:
    'Only what is actively exploited, and severe incidents, have to be reported. Users are told too (art. 14(8)).',
  duties: [
    {
      name: 'early-warning',
      title: 'Early warning of an actively exploited vulnerability',
      article: 'art. 14(2)(a)',
      counts: { from: 'exploitedAt' },
      length: { hours: 24 },
      to,
      contents: [...demanded('reporter', 'product', 'exploit'), ...whereAvailable('availability')],
      source: article14('2)(a'),
    },
    {
      name: 'notification',
      title: 'Notification of an actively exploited vulnerability',
      article: 'art. 14(2)(b)',
      counts: { from: 'exploitedAt' },
      length: { hours: 72 },
      to,
      contents: [
        ...demanded('reporter'),
        ...whereAvailable('product', 'exploit', 'vulnerability', 'measures-taken', 'measures-for-users', 'sensitivity'),
      ],
      source: article14('2)(b'),
    },
    {
      name: 'final-report',
      title: 'Final report on an actively exploited vulnerability',
      article: 'art. 14(2)(c)',
      counts: { from: 'remedyAt' },
      when: 'exploitedAt',
      length: { days: 14 },
      to,
      contents: [
        ...demanded('reporter', 'product', 'vulnerability', 'severity', 'impact', 'remedy'),
        ...whereAvailable('actor'),
      ],
      source: article14('2)(c'),
    },
    {
      name: 'incident-early-warning',
      title: 'Early warning of a severe incident',
      article: 'art. 14(4)(a)',
      counts: { from: 'incidentAt' },
      length: { hours: 24 },
      to,
      contents: [...demanded('reporter', 'product', 'suspicion'), ...whereAvailable('availability')],
      source: article14('4)(a'),
    },
    {
      name: 'incident-notification',
      title: 'Notification of a severe incident',
      article: 'art. 14(4)(b)',
      counts: { from: 'incidentAt' },
      length: { hours: 72 },
      to,
      contents: [
        ...demanded('reporter'),
        ...whereAvailable('product', 'incident', 'severity', 'measures-taken', 'measures-for-users', 'sensitivity'),
      ],
      source: article14('4)(b'),
    },
    {
      name: 'incident-final-report',
      title: 'Final report on a severe incident',
      article: 'art. 14(4)(c)',
      counts: { afterReport: 'incident-notification' },
      when: 'incidentAt',
      length: { months: 1 },
      to,
      contents: demanded('reporter', 'product', 'incident', 'severity', 'impact', 'cause', 'measures-taken'),
      source: article14('4)(c'),
    },
  ],
}
