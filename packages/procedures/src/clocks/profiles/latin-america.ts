import { type ClockProfile, demanded, whereAvailable } from './profile.ts'

const source = {
  text: 'Ley 21.663, Marco de Ciberseguridad, art. 9',
  url: 'https://www.bcn.cl/leychile/navegar?idNorma=1202434',
  verified: false,
}
const to = 'the national CSIRT'

/** Nobody here has read its text; for operators of vital importance the second report is due sooner. */
export const clFramework: ClockProfile = {
  id: 'cl-21663',
  law: 'Chile: Ley 21.663, Marco de Ciberseguridad, art. 9',
  regions: ['latin-america'],
  binds: 'providers of essential services and operators of vital importance',
  place: { zone: 'America/Santiago', region: 'CL' },
  duties: [
    {
      name: 'early-warning',
      title: 'Early warning of an incident with significant effects',
      article: 'art. 9(a)',
      counts: { from: 'incidentAt' },
      length: { hours: 3 },
      to,
      contents: [...demanded('reporter', 'incident'), ...whereAvailable('contact')],
      source,
    },
    {
      name: 'second-report',
      title: 'Second report, with an assessment',
      article: 'art. 9(b)',
      counts: { from: 'incidentAt' },
      length: { hours: 72 },
      to,
      contents: [...demanded('reporter', 'incident', 'severity', 'impact'), ...whereAvailable('exploit')],
      source,
    },
    {
      name: 'final-report',
      title: 'Final report',
      article: 'art. 9(c)',
      counts: { from: 'incidentAt' },
      length: { days: 15 },
      to,
      contents: demanded('reporter', 'incident', 'severity', 'impact', 'cause', 'measures-taken'),
      source,
    },
  ],
}
