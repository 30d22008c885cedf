import { isPartyUrn } from '@comity/statement'
import { NodeError } from '../node-error.ts'

/** Longest name of an inventory and label of a token, in characters. */
const nameLength = 200

/** Longest address of a source and name of a document of it, in characters. */
const placeLength = 600

export function checkParty(party: string): void {
  if (!isPartyUrn(party))
    throw new NodeError('bad-name', 'a party is named urn:comity:party: and 64 hexadecimal digits')
}

/** Names are the party's own business: an error says what is wrong with one without repeating it. */
export function checkText(what: string, text: string, least: number, most = nameLength): void {
  if (text.length >= least && text.length <= most && text.isWellFormed() && !/\p{Cc}/u.test(text)) return
  throw new NodeError('bad-name', `${what} has ${least} to ${most} characters, none of them a control character`)
}

/** The address of a source that is followed, and what it calls its documents. */
export function checkPlace(what: string, text: string): void {
  checkText(what, text, 1, placeLength)
}
