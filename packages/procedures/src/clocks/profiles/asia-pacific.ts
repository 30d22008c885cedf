import { type ClockProfile, demanded, whereAvailable } from './profile.ts'

/** Nobody here has read the text itself: translations and commentaries agree on two days. */
export const cnProducts: ClockProfile = {
  id: 'cn-products',
  law: 'China: Provisions on the Management of Network Product Security Vulnerabilities (2021), art. 7',
  regions: ['asia-pacific'],
  binds: 'providers of network products (hardware and software) within the mainland of China',
  place: { zone: 'Asia/Shanghai', region: 'CN' },
  since: '2021-09-01',
  remark:
    'Counts from discovery, exploited or not, and so cuts across an embargo. It also limits publication before a remedy, and giving what is unpublished to organisations abroad other than the provider (art. 9): unverified too.',
  duties: [
    {
      name: 'report',
      title: 'Report to the platform of the ministry',
      article: 'art. 7(2)',
      counts: { from: 'awareAt' },
      length: { hours: 48 },
      to: 'the Ministry of Industry and Information Technology, through its platform for sharing threats and vulnerabilities',
      contents: [
        ...demanded('reporter', 'product', 'vulnerability', 'impact'),
        ...whereAvailable('severity', 'remedy', 'measures-for-users', 'contact'),
      ],
      source: {
        text: 'Provisions on the Management of Network Product Security Vulnerabilities, art. 7(2)',
        url: 'https://www.cac.gov.cn/2021-07/13/c_1627761607640342.htm',
        verified: false,
      },
    },
  ],
}

export const inCertIn: ClockProfile = {
  id: 'in-cert-in',
  law: 'India: CERT-In Directions of 28 April 2022 under s. 70B(6) of the Information Technology Act, 2000',
  regions: ['asia-pacific'],
  binds: 'service providers, intermediaries, data centres, bodies corporate and government organisations',
  place: { zone: 'Asia/Kolkata', region: 'IN' },
  since: '2022-06-28',
  duties: [
    {
      name: 'incident-report',
      title: 'Report of a cyber incident of a listed type',
      article: 'Direction (ii)',
      counts: { from: 'incidentAt' },
      length: { hours: 6 },
      to: 'CERT-In',
      contents: [...demanded('reporter', 'contact', 'incident'), ...whereAvailable('impact', 'measures-taken')],
      source: { text: 'CERT-In Directions No. 20(3)/2022-CERT-In, direction (ii)', verified: false },
    },
  ],
}
