/** Reservations in words, each with who objects to it. */
import type { Reservation } from '@comity/contract'
import { nameOf, short } from '../names.ts'
import { dateText, plain } from '../terminal/text.ts'
import { entry } from './entry.ts'

/** One item for each reservation; an objection stands under what it objects to. */
export function reservationLines(reservations: readonly Reservation[], own?: string): readonly string[] {
  return reservations.map(({ provision, text, objections }) =>
    entry(`${provision}: ${plain(text)}`, ...objections.map((each) => objectionText(each, own))),
  )
}

function objectionText({ by, at, precludes, text }: Reservation['objections'][number], own?: string): string {
  const digits = short(by.party.slice(-64))
  const name = by.names.length === 0 ? digits : `${plain(nameOf(by.names))} (${digits})`
  const between = precludes ? ', so that nothing holds between the two' : ''
  const said = text === undefined ? '' : `: ${plain(text)}`
  return `objection of ${by.party === own ? `you, ${name}` : name}, ${dateText(at).slice(0, 10)}${between}${said}`
}
