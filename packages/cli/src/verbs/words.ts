/** What a party says about itself and others: `adhere`, `support`, `endorse`, `trust`. */
import {
  instrumentUrn,
  type AdherencePayload,
  type EndorsementPayload,
  type SupportPayload,
  type TrustPayload,
} from '@comity/statement'
import { sha256Hex } from '@comity/crypto'
import { canonicalJsonBytes } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type FilingOptions, fileDraft } from '../filing.ts'
import { instrumentFrom, rfc3339, secondsFrom } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { withFilingOptions } from './filing-options.ts'

interface BondOptions extends FilingOptions {
  readonly declare?: readonly string[]
  readonly reserve?: readonly string[]
  readonly textVersion?: string
  readonly withdrawAfter?: string
}

interface EndorseOptions extends FilingOptions {
  readonly claim?: readonly string[]
  readonly domain?: string
}

interface TrustOptions extends FilingOptions {
  readonly witnesses?: string
  readonly endorser?: readonly string[]
  readonly inspector?: readonly string[]
  readonly state?: readonly string[]
}

export const registerWords: Register = (program, { run }) => {
  withFilingOptions(program.command('adhere <instrument>'))
    .summary('declare adherence to code or gids (States)')
    .description(
      'Declares that a State adheres to an instrument, with declarations and reservations by provision. A later declaration replaces the one before.',
    )
    .option('--declare <provision=text>', 'what the State declares about a provision (repeatable)', collect)
    .option('--reserve <provision=text>', 'what it reserves (repeatable)', collect)
    .option('--text-version <symbol>', 'symbol of the text, such as A/66/359')
    .option('--withdraw-after <date>', 'withdraw: the declaration ends at that date')
    .addHelpText('after', example(`comity adhere code --as agency --declare 'code-d=Our agencies publish SBOMs'`))
    .action(run(adhere))

  withFilingOptions(program.command('support <instrument>'))
    .summary('support code or gids (everybody but States)')
    .description(
      'Says that a company, community, organisation or person supports an instrument, and what it does about single provisions.',
    )
    .option('--declare <provision=text>', 'what it does about a provision (repeatable)', collect)
    .option('--text-version <symbol>', 'symbol of the text')
    .option('--withdraw-after <date>', 'withdraw: the support ends at that date')
    .addHelpText('after', example(`comity support gids --as acme --declare 'gids-7=No hidden functions'`))
    .action(run(support))

  withFilingOptions(program.command('endorse <party>'))
    .summary('say that another party is who it says')
    .description(
      'One party’s signed word about another: what it has checked. It recognises no State or government, and counts only for those whose trust policy names the endorser.',
    )
    .requiredOption('--claim <what>', 'name, type, state, domain or keys (repeatable)', collect)
    .option('--domain <name>', 'the domain that was checked, with --claim domain')
    .addHelpText('after', example('comity endorse acme --as watch --claim name --claim keys'))
    .action(run(endorse))

  withFilingOptions(program.command('trust'))
    .summary('publish whose witnesses, endorsements and inspections count for you')
    .description('A relier’s own list. It replaces the one before; without options it is empty.')
    .option('--witnesses <file>', 'witnesses and quorum, a C2SP tlog-policy file')
    .option('--endorser <party>', 'whose endorsements count (repeatable)', collect)
    .option('--inspector <party>', 'whose inspections and rebuilds count (repeatable)', collect)
    .option('--state <XX=party>', 'which party is followed for a State (repeatable)', collect)
    .addHelpText('after', example('comity trust --as plant --endorser watch --state XA=agency'))
    .action(run(trust))
}

async function adhere(session: Session, options: BondOptions, instrument: string): Promise<Result> {
  const id = instrumentFrom(instrument)
  const payload: AdherencePayload = { ...bond(options), ...provisions('reservations', options.reserve, '--reserve') }
  const title =
    options.withdrawAfter === undefined ? `adherence to ${id}` : `withdrawal from ${id} after ${options.withdrawAfter}`
  return fileDraft(session, { kind: 'adherence', sub: instrumentUrn(id), payload, title }, options)
}

async function support(session: Session, options: BondOptions, instrument: string): Promise<Result> {
  const id = instrumentFrom(instrument)
  const payload: SupportPayload = bond(options)
  const title =
    options.withdrawAfter === undefined ? `support of ${id}` : `end of support of ${id} after ${options.withdrawAfter}`
  return fileDraft(session, { kind: 'support', sub: instrumentUrn(id), payload, title }, options)
}

function bond({ declare, textVersion, withdrawAfter }: BondOptions): SupportPayload {
  return {
    ...(textVersion === undefined ? {} : { version: textVersion }),
    ...provisions('declarations', declare, '--declare'),
    ...(withdrawAfter === undefined
      ? {}
      : { withdrawal: { after: rfc3339(secondsFrom(withdrawAfter, '--withdraw-after')) } }),
  }
}

function provisions(member: 'declarations' | 'reservations', texts: readonly string[] | undefined, option: string) {
  if (texts === undefined) return {}
  return {
    [member]: texts
      .map((each) => pair(each, option, 'provision=text'))
      .map(([provision, text]) => ({ provision, text })),
  }
}

async function endorse(session: Session, options: EndorseOptions, party: string): Promise<Result> {
  const payload = {
    claims: options.claim ?? [],
    ...(options.domain === undefined ? {} : { domain: options.domain }),
    checked: rfc3339(session.context.now()),
  }
  // The words under --claim are checked with the payload, against the kind's schema.
  const draft = {
    kind: 'endorsement',
    sub: session.partyUrn(party),
    payload: payload as EndorsementPayload,
    title: `endorsement of ${party}`,
  }
  return fileDraft(session, draft, options)
}

async function trust(session: Session, options: TrustOptions): Promise<Result> {
  const witnesses =
    options.witnesses === undefined
      ? ''
      : Buffer.from(await session.input(options.witnesses, 'the witness policy')).toString('utf8')
  const states = (options.state ?? []).map((each) => pair(each, '--state', 'XX=party'))
  const payload: TrustPayload = {
    witnesses,
    endorsers: (options.endorser ?? []).map((each) => session.partyUrn(each)),
    inspectors: (options.inspector ?? []).map((each) => session.partyUrn(each)),
    states: Object.fromEntries(states.map(([state, party]) => [state, session.partyUrn(party)])),
  }
  const { urn } = session.profile
  const filed = await fileDraft(session, { kind: 'trust', sub: urn, payload, title: 'trust policy' }, options)
  const digest = `sha256:${sha256Hex(canonicalJsonBytes(payload))}`
  return { ...filed, text: `${filed.text}\n  named by   ${digest}`, json: { ...filed.json, digest } }
}

function pair(text: string, option: string, form: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1) throw new CliError('usage', `${option} "${text}" is not of the form ${form}`)
  return [text.slice(0, at), text.slice(at + 1)]
}
