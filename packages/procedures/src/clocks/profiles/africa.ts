import { type ClockProfile, demanded, whereAvailable } from './profile.ts'

/** Known here from commentaries alone. */
export const ngCybercrimes: ClockProfile = {
  id: 'ng-cybercrimes',
  law: 'Nigeria: Cybercrimes (Prohibition, Prevention, etc.) Act 2015 as amended in 2024, s. 21',
  regions: ['africa'],
  binds: 'whoever operates a computer system or a network, public or private',
  place: { zone: 'Africa/Lagos', region: 'NG' },
  duties: [
    {
      name: 'incident-report',
      title: 'Report of an attack, intrusion or other disruption',
      article: 's. 21(1)',
      counts: { from: 'incidentAt' },
      length: { hours: 72 },
      to: 'ngCERT, through the CERT or security operations centre of the sector',
      contents: [...demanded('reporter', 'contact', 'incident'), ...whereAvailable('impact', 'measures-taken')],
      source: { text: 'Cybercrimes Act 2015 as amended in 2024, s. 21(1)', verified: false },
    },
  ],
}
