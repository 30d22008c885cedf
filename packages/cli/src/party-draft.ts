/** What a new party says about itself. */
import { type PartyPayload, type PartyType, partyTypes } from '@comity/statement'
import { type Command, Option } from 'commander'
import { CliError } from './cli-error.ts'
import { contactFrom } from './contacts/contact-option.ts'
import { approverEntry } from './keys/approver-key.ts'
import { collect } from './registrar.ts'
import type { Session } from './session.ts'

export interface PartyOptions {
  readonly name: readonly string[]
  readonly type: PartyType
  readonly state?: string
  readonly contact?: readonly string[]
  readonly domain?: readonly string[]
  readonly approvers: string
  readonly approverKey?: readonly string[]
  readonly threshold?: readonly string[]
  readonly recovery: string
  readonly insecureNoPassphrase?: boolean
}

/** The options of `init` and `party create`. */
export function withPartyOptions(command: Command, type: PartyType): Command {
  return command
    .requiredOption('--name <name>', 'its name; other languages as fr=Nom (repeatable)', collect)
    .addOption(new Option('--type <type>', 'what it is').choices(partyTypes).default(type))
    .option('--state <XX>', 'the State it claims to be or belong to, two letters')
    .option(
      '--contact <function=address>',
      'an office: security=psirt@acme.example (repeatable); hours, languages and key behind commas',
      collect,
    )
    .option('--domain <name>', 'a domain of its own (repeatable)', collect)
    .option('--approver-key <file>', 'public key of a person who approves (repeatable)', collect)
    .option('--approvers <n>', 'approval keys made here, to hand out, one file each', '0')
    .option('--threshold <kind=n>', 'how many keys a kind takes: advisory=2 (repeatable)', collect)
    .option('--recovery <k-of-n>', 'how many recovery keys recover it', '1-of-1')
    .option('--insecure-no-passphrase', 'leave the keys unencrypted')
}

/** The members of a party statement that the options give. Throws `usage`. */
export function partyMembers(options: PartyOptions): Pick<PartyPayload, 'names' | 'type'> & Partial<PartyPayload> {
  const { type, state, contact = [], domain, threshold = [] } = options
  return {
    names: options.name.map(localized),
    type,
    ...(state === undefined ? {} : { state }),
    ...(contact.length === 0 ? {} : { contacts: contact.map(contactFrom) }),
    ...(domain === undefined ? {} : { domains: [...domain] }),
    ...(threshold.length === 0 ? {} : { thresholds: Object.fromEntries(threshold.map(thresholdOf)) }),
  }
}

/** What `party update` can change. commander says false for `--no-contacts` and true where neither form was given. */
export interface ChangeableOptions {
  readonly name?: readonly string[]
  readonly contact?: readonly string[]
  readonly contacts?: boolean
  readonly domain?: readonly string[]
  readonly domains?: boolean
  readonly threshold?: readonly string[]
}

/** The members that the options replace; a threshold of 1 is none. Throws `usage`. */
export function changedMembers(
  { name, contact, contacts, domain, domains, threshold }: ChangeableOptions,
  before: PartyPayload['thresholds'] = {},
): Partial<PartyPayload> {
  const thresholds = { ...before, ...Object.fromEntries((threshold ?? []).map(thresholdOf)) }
  return {
    ...(name === undefined ? {} : { names: name.map(localized) }),
    ...(contact === undefined ? {} : { contacts: contact.map(contactFrom) }),
    ...(contacts === false ? { contacts: [] } : {}),
    ...(domain === undefined ? {} : { domains: [...domain] }),
    ...(domains === false ? { domains: [] } : {}),
    ...(threshold === undefined
      ? {}
      : { thresholds: Object.fromEntries(Object.entries(thresholds).filter(([, count]) => count > 1)) }),
  }
}

export function approverCount(text: string): number {
  if (/^[0-9]$/.test(text)) return Number(text)
  throw new CliError('usage', `--approvers "${text}" is no number from 0 to 9`)
}

/** Keys of approvers who made their own. Throws `bad-input`, and `usage` for the same key twice. */
export function otherApprovers(session: Session, { approverKey = [] }: PartyOptions): PartyPayload['keys'] {
  const found = approverKey.map((file) => approverEntry(session.path(file)))
  const texts = found.map(({ jwk }) => JSON.stringify(jwk))
  const repeated = texts.findIndex((text, i) => texts.indexOf(text) < i)
  if (repeated < 0) return found
  throw new CliError(
    'usage',
    `${approverKey[repeated] ?? ''} holds the same key as another: each approver has their own`,
  )
}

function localized(text: string): { language: string; text: string } {
  const [, language, name] = /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)=(.+)$/.exec(text) ?? []
  return language === undefined || name === undefined ? { language: 'en', text } : { language, text: name }
}

function thresholdOf(text: string): readonly [string, number] {
  const [, kind, count] = /^([a-z-]+)=([0-9]{1,2})$/.exec(text) ?? []
  if (kind === undefined || count === undefined)
    throw new CliError('usage', `--threshold "${text}" is not of the form advisory=2`)
  return [kind, Number(count)]
}
