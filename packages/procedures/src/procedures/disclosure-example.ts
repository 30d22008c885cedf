/** A finder, a coordinator and two vendors, one of which is not affected. */
export const example = [
  {
    by: 'reporter',
    move: 'report',
    after: 0,
    body: {
      coordinator: 'coordinator',
      title: 'Requests with two length headers pass the filter',
      products: ['Gateway 2.1.0'],
      description:
        'A request with two headers of that name is read differently by the filter and by what is behind it.',
      exploited: 'not-known',
    },
  },
  { by: 'coordinator', move: 'acknowledge', after: 86_400, body: { text: 'We look into it.' } },
  { by: 'coordinator', move: 'validate', after: 3 * 86_400, body: { identifier: 'CVE-2026-10001' } },
  { by: 'coordinator', move: 'invite', after: 3600, body: { vendor: 'vendor', products: ['Gateway'] } },
  { by: 'coordinator', move: 'invite', after: 60, body: { vendor: 'vendor 2' } },
  { by: 'vendor', move: 'state-status', after: 86_400, body: { status: { state: 'affected' } } },
  {
    by: 'vendor 2',
    move: 'state-status',
    after: 3600,
    body: { status: { state: 'not_affected', justification: 'component_not_present' } },
  },
  { by: 'coordinator', move: 'develop', after: 3600, body: {} },
  {
    by: 'coordinator',
    move: 'propose-date',
    after: 86_400,
    body: { proposed: { endsAt: '2026-12-15T15:00:00Z', zone: 'Africa/Nairobi' } },
  },
  { by: 'vendor', move: 'agree', after: 86_400, body: { agreedTo: '2026-12-15T15:00:00Z' } },
  { by: 'reporter', move: 'consent', after: 3600, body: { consents: '2026-12-15T15:00:00Z' } },
  {
    by: 'coordinator',
    move: 'set-embargo',
    after: 3600,
    body: { endsAt: '2026-12-15T15:00:00Z', zone: 'Africa/Nairobi' },
  },
  { by: 'vendor', move: 'state-status', after: 7 * 86_400, body: { status: { state: 'fixed' } } },
  {
    by: 'coordinator',
    move: 'publish',
    after: 11 * 86_400,
    body: { title: 'Requests with two length headers pass the filter', credit: 'a researcher of the North' },
  },
  { by: 'coordinator', move: 'close', after: 30 * 86_400, body: {} },
] as const
