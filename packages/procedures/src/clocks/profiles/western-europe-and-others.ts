import { type ClockProfile, demanded, whereAvailable } from './profile.ts'

const soci = (section: string) => ({
  text: `Security of Critical Infrastructure Act 2018 (Cth), s. ${section}`,
  url: `https://www.worldlii.org/au/legis/cth/consol_act/socia2018398/s${section.toLowerCase()}.html`,
  verified: section === '30BC',
})

/** Security of Critical Infrastructure Act 2018, part 2B. A report may be given orally, and is then written down within 84 hours. */
export const auCritical: ClockProfile = {
  id: 'au-soci',
  law: 'Australia: Security of Critical Infrastructure Act 2018, part 2B',
  regions: ['western-europe-and-others'],
  binds: 'the responsible entity of a critical infrastructure asset',
  place: { zone: 'Australia/Sydney', region: 'AU' },
  duties: [
    {
      name: 'critical-incident',
      title: 'Report of an incident with a significant impact on availability',
      article: 's. 30BC',
      counts: { from: 'incidentAt' },
      length: { hours: 12 },
      to: 'the relevant Commonwealth body (s. 30BF)',
      contents: [...demanded('reporter', 'incident'), ...whereAvailable('impact', 'contact')],
      source: soci('30BC'),
    },
    {
      name: 'other-incident',
      title: 'Report of an incident with a relevant impact',
      article: 's. 30BD',
      counts: { from: 'incidentAt' },
      length: { hours: 72 },
      to: 'the relevant Commonwealth body (s. 30BF)',
      contents: [...demanded('reporter', 'incident'), ...whereAvailable('impact', 'contact')],
      source: soci('30BD'),
    },
  ],
}

/** A correction that reduces a risk to health is reported; whether one does is the manufacturer’s to judge. */
export const usDevices: ClockProfile = {
  id: 'us-fda-806',
  law: 'United States: medical devices, reports of corrections and removals, 21 CFR 806.10',
  regions: ['western-europe-and-others'],
  binds: 'manufacturers and importers of medical devices',
  place: { zone: 'America/New_York', region: 'US' },
  duties: [
    {
      name: 'correction',
      title: 'Report of a correction or removal',
      article: '21 CFR 806.10(b)',
      counts: { from: 'remedyAt' },
      length: { workingDays: 10 },
      to: 'the Food and Drug Administration',
      contents: [
        ...demanded('reporter', 'contact', 'product', 'vulnerability', 'impact', 'remedy'),
        ...whereAvailable('measures-for-users', 'availability'),
      ],
      source: { text: '21 CFR 806.10(b)', verified: false },
    },
  ],
}

const mdr = (paragraph: string) => ({
  text: `Regulation (EU) 2017/745, art. 87(${paragraph})`,
  url: 'https://eur-lex.europa.eu/eli/reg/2017/745/oj',
  verified: true,
})

/** Medical devices in the European Union, beside the Cyber Resilience Act, which does not cover them. */
export const euDevices: ClockProfile = {
  id: 'eu-mdr',
  law: 'European Union: medical devices, Regulation (EU) 2017/745, art. 87',
  regions: ['western-europe-and-others', 'eastern-europe'],
  binds: 'manufacturers of medical devices that are made available on the market of the Union',
  place: { zone: 'Europe/Brussels' },
  duties: [
    {
      name: 'serious-incident',
      title: 'Report of a serious incident',
      article: 'art. 87(3)',
      counts: { from: 'incidentAt' },
      length: { days: 15 },
      to: 'the competent authorities, through the electronic system of art. 92',
      contents: [
        ...demanded('reporter', 'product', 'incident'),
        ...whereAvailable('cause', 'impact', 'measures-taken'),
      ],
      source: mdr('3'),
    },
    {
      name: 'public-health-threat',
      title: 'Report where there is a serious threat to public health',
      article: 'art. 87(4)',
      counts: { from: 'incidentAt' },
      length: { days: 2 },
      to: 'the competent authorities, through the electronic system of art. 92',
      contents: [
        ...demanded('reporter', 'product', 'incident'),
        ...whereAvailable('cause', 'impact', 'measures-taken'),
      ],
      source: mdr('4'),
    },
  ],
}
