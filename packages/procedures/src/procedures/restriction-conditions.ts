/**
 * What a restriction of information has to show before it can be called complete: `incomplete` is said on the face of the
 * record, and the record is kept all the same, since refusing bad notices would hide the worst of them.
 */
import { fields } from '@comity/statement'
import { type Static, Type } from 'typebox'
import type { Citation } from '../definition.ts'

const { closed, date, digest, list, oneOf, stateCode, text, url } = fields

export const covenant: Citation = {
  text: 'International Covenant on Civil and Political Rights, art. 19(3)',
  verified: true,
}
export const comment: Citation = {
  text: 'Human Rights Committee, General Comment 34, paras. 22 to 36',
  verified: false,
}
export const rabat: Citation = { text: 'Rabat Plan of Action (A/HRC/22/17/Add.4), para. 29', verified: false }
export const manila: Citation = {
  text: 'Manila Principles on Intermediary Liability, principles 2 to 6',
  verified: false,
}

const words = text(1000)

/** The fields of a notice. All that a condition asks for may be absent: then the condition is not met. */
export const noticeFields = {
  request: oneOf(
    ['court-order', 'government-request', 'law-enforcement-request', 'private-request', 'own-rules'],
    'what was asked',
  ),
  basis: Type.Optional(
    closed({ instrument: text(400), article: text(100), url: Type.Optional(url), since: Type.Optional(date) }),
  ),
  ground: Type.Optional(
    oneOf([
      'rights-of-others',
      'reputation-of-others',
      'national-security',
      'public-order',
      'public-health',
      'public-morals',
    ]),
  ),
  order: Type.Optional(closed({ court: text(400), reference: text(200), date, sha256: digest })),
  content: {
    ...digest,
    description: 'SHA-256 of the content and of a salt of this notice alone: no two notices can be compared',
  },
  necessity: Type.Optional(closed({ threat: words, link: words })),
  alternatives: Type.Optional(
    list(words, 16, 'less restrictive means that were considered, and why they would not do'),
  ),
  territories: Type.Optional(list(stateCode, 32)),
  start: Type.Optional(date),
  end: Type.Optional(date),
  incitement: Type.Optional(
    closed({
      context: Type.Optional(words),
      speaker: Type.Optional(text(1000, 'position and influence, never a name')),
      intent: Type.Optional(oneOf(['purpose', 'knowledge', 'recklessness', 'negligence'])),
      form: Type.Optional(words),
      extent: Type.Optional(words),
      likelihood: Type.Optional(words),
    }),
  ),
  publicInterest: Type.Optional(oneOf(['none', 'journalism', 'elections', 'human-rights-defence', 'other'])),
  review: Type.Optional(closed({ body: text(400), reference: Type.Optional(text(200)) })),
  defences: Type.Optional(list(words, 16)),
  notified: Type.Optional(
    closed({ at: Type.Optional(date), delay: Type.Optional(closed({ reason: words, until: date })) }),
  ),
  appeal: Type.Optional(closed({ body: text(400), until: Type.Optional(date) })),
  goodFaith: Type.Optional(Type.Boolean({ description: 'whether the issuer declares that it acts in good faith' })),
}

export const notice = closed(noticeFields)
export type Notice = Static<typeof notice>

/** A condition, where it comes from, and whether a notice meets it. */
export interface Condition {
  readonly name: string
  readonly says: string
  readonly source: Citation
  isMet(notice: Notice): boolean
}

/** Negligence and recklessness are not incitement (Rabat Plan, para. 29(c)). */
const intended: ReadonlySet<string> = new Set(['purpose', 'knowledge'])

/** In the order in which they are listed on the face of a notice. */
export const conditions: readonly Condition[] = [
  {
    name: 'ground',
    says: 'one of the six grounds on which expression may be restricted',
    source: covenant,
    isMet: ({ ground }) => ground !== undefined,
  },
  {
    name: 'basis',
    says: 'a law, with its article',
    source: comment,
    isMet: ({ basis }) => basis !== undefined,
  },
  {
    name: 'order',
    says: 'the order of a court, with its digest',
    source: manila,
    isMet: ({ order }) => order !== undefined,
  },
  {
    name: 'necessity',
    says: 'the threat, in specific fashion, and its direct connection with the expression',
    source: comment,
    isMet: ({ necessity }) => necessity !== undefined,
  },
  {
    name: 'alternatives',
    says: 'at least one less restrictive means that was considered',
    source: comment,
    isMet: ({ alternatives }) => (alternatives?.length ?? 0) > 0,
  },
  {
    name: 'end',
    says: 'the day on which it ends',
    source: manila,
    isMet: ({ end }) => end !== undefined,
  },
  {
    name: 'incitement',
    says: 'where incitement is claimed: context, speaker, intent beyond recklessness, form, extent and likelihood',
    source: rabat,
    isMet: ({ incitement: claim }) =>
      claim === undefined ||
      (intended.has(claim.intent ?? '') &&
        [claim.context, claim.speaker, claim.form, claim.extent, claim.likelihood].every((part) => part !== undefined)),
  },
  {
    name: 'review',
    says: 'where speech of public interest is touched: independent review',
    source: manila,
    isMet: ({ publicInterest = 'none', review }) => publicInterest === 'none' || review !== undefined,
  },
  {
    name: 'notified',
    says: 'that the person concerned was told, or why not yet and until when',
    source: manila,
    isMet: ({ notified }) => notified?.at !== undefined || notified?.delay !== undefined,
  },
  {
    name: 'appeal',
    says: 'to whom an appeal goes',
    source: manila,
    isMet: ({ appeal }) => appeal !== undefined,
  },
]

/** Names of the conditions that a notice does not meet. None makes it *complete*; nothing makes it *passed*. */
export function missingConditions(of: Notice): readonly string[] {
  return conditions.filter(({ isMet }) => !isMet(of)).map(({ name }) => name)
}

/** What points at a person, an account or a machine, wherever it stands. */
const identifying: readonly (readonly [what: string, form: RegExp])[] = [
  ['an e-mail address', /[^\s@<>()]+@[^\s@<>()]+\.[a-z]{2,}/i],
  ['an IPv4 address', /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)/],
  ['an IPv6 address', /(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]{1,4}::|::[0-9a-f]{1,4}/i],
  ['an account', /(?:^|[\s(])@[a-z0-9_.]{2,}/i],
  ['an address of content', /\b(?:https?|ftp|tg|magnet):[^\s]{3,}/i],
  ['raw content', /\bdata:[^\s]{3,}|<[a-z!/][^>]*>|[A-Za-z0-9+/]{80,}/i],
  ['a telephone number', /\+\d[\d ()-]{7,}\d/],
]

/** Fields whose addresses name law, not content. */
const lawful: ReadonlySet<string> = new Set(['/basis/url'])

/**
 * Where a notice names a person, an account, a machine or the content itself, and what; undefined where it does not. Such
 * a notice is refused outright: the record is of the restriction, never of whom it hits.
 */
export function personalDataIn(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') {
    if (lawful.has(path)) return undefined
    const found = identifying.find(([, form]) => form.test(value))
    return found === undefined ? undefined : `${path} holds ${found[0]}`
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, each] of Object.entries(value)) {
    const found = personalDataIn(each, `${path}/${name}`)
    if (found !== undefined) return found
  }
  return undefined
}
