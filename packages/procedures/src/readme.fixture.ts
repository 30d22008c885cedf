import { clocksOf, newestOf, openCase, possibleMoves, reduce } from '@comity/procedures'

const claimant = `urn:comity:party:${'a'.repeat(64)}`
const respondent = `urn:comity:party:${'b'.repeat(64)}`
const dispute = newestOf('dispute')
const urn = `urn:comity:case:${'a'.repeat(64)}:builds`
const at = Date.UTC(2026, 10, 22, 9) / 1000

const body = {
  respondents: [respondent],
  subject: 'Updates that differ by place',
  urgency: 'urgent',
  basis: 'Two builds of one release differ.',
}
const notice = { statement: '1'.repeat(64), name: 'notify', by: claimant, urn, body, at, filedAt: at }
const opened = openCase(dispute, notice, { seat: 'log.example', place: { zone: 'Africa/Nairobi' } })
const answer = { ...notice, statement: '2'.repeat(64), name: 'acknowledge', by: respondent, body: {} }
export const answered = reduce(dispute, opened, answer)

export const deadlines = clocksOf(dispute, answered, at).map(({ name, standing, deadline }) => [
  name,
  standing,
  deadline,
])
export const possible = possibleMoves(dispute, answered, at).map(({ move }) => move)
