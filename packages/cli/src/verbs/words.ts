/** What a party says about others: `endorse`, `trust`. */
import { sha256Hex } from '@comity/crypto'
import { canonicalJsonBytes, type EndorsementPayload, type TrustPayload } from '@comity/statement'
import type { Result } from '../context.ts'
import { type FilingOptions, fileDraft, withRows } from '../filing.ts'
import { pairFrom, rfc3339 } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { withFilingOptions } from './filing-options.ts'

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
  const states = (options.state ?? []).map((each) => pairFrom(each, '--state', 'XX=party'))
  const payload: TrustPayload = {
    witnesses,
    endorsers: (options.endorser ?? []).map((each) => session.partyUrn(each)),
    inspectors: (options.inspector ?? []).map((each) => session.partyUrn(each)),
    states: Object.fromEntries(states.map(([state, party]) => [state, session.partyUrn(party)])),
  }
  const { urn } = session.profile
  const filed = await fileDraft(session, { kind: 'trust', sub: urn, payload, title: 'trust policy' }, options)
  const digest = `sha256:${sha256Hex(canonicalJsonBytes(payload))}`
  return { ...withRows(filed, [['named by', digest]]), json: { ...filed.json, digest } }
}
