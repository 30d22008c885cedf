/** `comity party show`: who a party is. */
import type { PartyResponse } from '@comity/contract'
import { reservationLines } from '../cases/reservations.ts'
import { contactLines } from '../contacts/contact-lines.ts'
import type { Result } from '../context.ts'
import { nameOf, short } from '../names.ts'
import type { Session } from '../session.ts'
import { dateText, fields, plain, table } from '../terminal/text.ts'

export async function show(session: Session, _options: object, named?: string): Promise<Result> {
  const urn = named === undefined ? session.profile.urn : session.partyUrn(named)
  const party = await (await session.client()).party(urn)
  return { text: partyText(party), json: party }
}

function partyText(party: PartyResponse): string {
  const {
    urn,
    names,
    type,
    state,
    home,
    keys,
    thresholds,
    recovery,
    next,
    contacts,
    domains,
    versions,
    instruments,
    endorsements,
  } = party
  return [
    plain(nameOf(names)),
    fields([
      ['party', urn.slice(-64)],
      ['type', state === undefined ? type : `${type}, ${state}`],
      ['names', names.length < 2 ? undefined : names.map(({ language, text }) => `${language} ${text}`).join('\n')],
      ['home log', short(home)],
      ['domains', domains.length === 0 ? undefined : domains.join(', ')],
      [
        'thresholds',
        Object.keys(thresholds).length === 0
          ? undefined
          : Object.entries(thresholds)
              .map(([kind, n]) => `${kind} ${n}`)
              .join(', '),
      ],
      [
        'recovery',
        recovery === undefined
          ? 'none'
          : `${recovery.threshold} of ${recovery.keys.length} keys; next keys ${next === undefined ? 'not ' : ''}committed to`,
      ],
      ['statements', `${versions.length}, the first at ${dateText(versions.at(-1)?.at ?? 0)}`],
      [
        'bound by',
        instruments.length === 0
          ? 'nothing: it neither adheres nor supports'
          : instruments
              .map(({ form, instrument, at }) => `${form} of ${instrument} since ${dateText(at).slice(0, 10)}`)
              .join('\n'),
      ],
    ]),
    '',
    ...(contacts.length === 0 ? [] : ['contacts:', ...contacts.map((each) => contactLines(each)), '']),
    table(
      ['key', 'roles', 'kinds', 'counts'],
      keys.map(({ kid, roles, kinds, from, to, compromisedSince }) => [
        kid.slice(0, 16),
        roles.join(', '),
        kinds?.join(', ') ?? '',
        compromisedSince === undefined
          ? to === undefined
            ? `since entry ${from}`
            : `entries ${from} to ${to - 1}`
          : `compromised since ${dateText(compromisedSince).slice(0, 16)}`,
      ]),
    ),
    ...reservedLines(party),
    ...(endorsements.length === 0
      ? []
      : [
          '',
          table(
            ['endorsed by', 'for', 'on'],
            endorsements.map(({ names, claims, at }) => [nameOf(names), claims.join(', '), dateText(at).slice(0, 10)]),
          ),
        ]),
  ].join('\n')
}

function reservedLines({ instruments }: PartyResponse): readonly string[] {
  const reservations = instruments.flatMap((each) => each.reservations)
  return reservations.length === 0 ? [] : ['', 'reserves:', ...reservationLines(reservations)]
}
