import { type ClockProfile, demanded, whereAvailable } from './profile.ts'

const source = { text: 'Federal Law 187-FZ, art. 9, with order 282 of the FSB of 19 June 2019', verified: false }
const to = 'the national coordination centre for computer incidents (NKTsKI)'

/** Nobody here has read its text. Member States of the European Union in this group are under `eu-cra`. */
export const ruCritical: ClockProfile = {
  id: 'ru-187',
  law: 'Russian Federation: Federal Law 187-FZ on critical information infrastructure, with FSB order 282',
  regions: ['eastern-europe'],
  binds: 'who owns or runs an object of critical information infrastructure',
  place: { zone: 'Europe/Moscow', region: 'RU' },
  duties: [
    {
      name: 'significant-object',
      title: 'Notice of an incident at a significant object',
      article: 'order 282, para. 4',
      counts: { from: 'incidentAt' },
      length: { hours: 3 },
      to,
      contents: [...demanded('reporter', 'contact', 'incident'), ...whereAvailable('impact', 'exploit')],
      source,
    },
    {
      name: 'other-object',
      title: 'Notice of an incident at another object',
      article: 'order 282, para. 4',
      counts: { from: 'incidentAt' },
      length: { hours: 24 },
      to,
      contents: [...demanded('reporter', 'contact', 'incident'), ...whereAvailable('impact', 'exploit')],
      source,
    },
  ],
}
