import type { ContentName, Happening } from '../clocks/profiles/profile.ts'

/** What each part of a report is called, for whoever signs it. */
export const contentTitles: Readonly<Record<ContentName, string>> = {
  reporter: 'Who reports',
  contact: 'Whom to ask',
  product: 'Product concerned',
  availability: 'States in which the product is known to be available',
  vulnerability: 'The vulnerability',
  severity: 'Its severity',
  impact: 'What it does to those concerned',
  exploit: 'How it is exploited, in general',
  actor: 'Who exploits it',
  incident: 'What happened',
  suspicion: 'Whether unlawful or malicious acts are suspected',
  cause: 'The likely cause, or kind of threat',
  'measures-taken': 'What was done against it',
  'measures-for-users': 'What users can do',
  remedy: 'The update or other remedy that is available',
  sensitivity: 'How sensitive this report is',
}

export const happeningTitles: Readonly<Record<Happening, string>> = {
  awareAt: 'aware of the vulnerability',
  exploitedAt: 'aware that it is exploited',
  incidentAt: 'aware of a severe incident',
  remedyAt: 'remedy available',
}
