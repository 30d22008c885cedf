/** `--contact`: an office in one word of a command line. */
import { type Contact, contactFunctions } from '@comity/statement'
import { CliError } from '../cli-error.ts'

/** What can be said of an office beside its function. */
const members = ['url', 'email', 'phone', 'hours', 'languages', 'key'] as const
type Member = (typeof members)[number]

/** A comma divides where a member begins behind it: hours and addresses may have commas of their own. */
const divide = new RegExp(`,\\s*(?=(?:${members.join('|')})=)`)
const memberForm = new RegExp(`^(${members.join('|')})=(.*)$`, 's')

/** The form, for help and errors. */
export const contactForm = `${contactFunctions.join('|')}=address[,hours=…][,languages=en,fr][,key=…]`

/**
 * The office in a text such as `technical=soc@acme.example,hours=24/7,languages=en,fr,key=seal`. An address stands alone or
 * as `url=`, `email=` or `phone=`; `key` as it was written, until {@link withContactKeys} finds it. Throws CliError `usage`.
 */
export function contactFrom(text: string): Contact {
  const at = text.indexOf('=')
  const office = contactFunctions.find((each) => each === text.slice(0, at))
  const [first = '', ...rest] = text.slice(at + 1).split(divide)
  if (office === undefined || first === '') throw wrong(text, `is not of the form ${contactForm}`)
  const said: Partial<Record<Member, string>> = {}
  for (const [i, part] of [first, ...rest].entries()) {
    const [, name, value = ''] = memberForm.exec(part) ?? (i === 0 ? addressOf(part) : [])
    const member = members.find((each) => each === name)
    if (member === undefined || value.trim() === '') throw wrong(text, `says nothing of ${name ?? `"${part}"`}`)
    if (said[member] !== undefined) throw wrong(text, `says ${member} twice: give the office once for each`)
    said[member] = value.trim()
  }
  const { languages, ...others } = said
  if (others.url === undefined && others.email === undefined && others.phone === undefined)
    throw wrong(text, 'has no address: an e-mail address, a telephone number (+…) or a web address')
  return {
    function: office,
    ...others,
    ...(languages === undefined ? {} : { languages: languages.split(/[\s,+]+/).filter((tag) => tag !== '') }),
  }
}

/** Shaped like a match of {@link memberForm}: an address tells by its form what it is. */
function addressOf(text: string): readonly [string, Member, string] {
  if (/^https?:/.test(text)) return [text, 'url', text]
  return text.startsWith('+') ? [text, 'phone', text] : [text, 'email', text.replace(/^mailto:/, '')]
}

function wrong(text: string, why: string): CliError {
  return new CliError('usage', `--contact "${text}" ${why}`)
}
