import { type ClockProfile, demanded, whereAvailable } from './profile.ts'

/** No law: what an authority usually asks for. For reports made freely, and under laws that have no profile here. */
export const generic: ClockProfile = {
  id: 'generic',
  law: 'No law in particular: a report made freely, or under a law that has no profile here',
  regions: ['africa', 'asia-pacific', 'eastern-europe', 'latin-america', 'western-europe-and-others'],
  binds: 'nobody',
  place: { zone: 'UTC' },
  duties: [
    {
      name: 'report',
      title: 'Report of a vulnerability',
      article: 'none',
      counts: { from: 'awareAt' },
      length: { hours: 72 },
      to: 'the authority that is to know of it',
      contents: [
        ...demanded('reporter', 'contact', 'product', 'vulnerability'),
        ...whereAvailable(
          'severity',
          'impact',
          'exploit',
          'measures-taken',
          'measures-for-users',
          'remedy',
          'sensitivity',
        ),
      ],
      source: { text: "this project's own choice, where no law names a time", verified: true },
    },
  ],
}
