/** `comity policy`: what a log takes, and from whom; changed by its keeper. */
import { coreKinds, type PolicyPayload } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type FilingOptions, fileDraft, withRows } from '../filing.ts'
import { nameOf, short } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import { Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'
import { withFilingOptions } from './filing-options.ts'

interface AdmitOptions extends FilingOptions {
  readonly all?: boolean
}

export const registerPolicy: Register = (program, { run }) => {
  const policy = program
    .command('policy')
    .summary('what a log takes, and from whom')
    .description(
      'The policy of a log says who may file in it and which kinds of statements it takes. It is a statement of its keeper in the log itself. A log that was founded before a kind was invented takes it once its keeper admits it.',
    )
    .addHelpText('after', example('comity policy show', 'comity policy admit move'))
  policy
    .command('show')
    .summary('the policy in force')
    .description('Shows the policy in force: who may file, which kinds are taken, and which this version knows beside.')
    .addHelpText('after', example('comity policy show', 'comity policy show --node https://log.example.org'))
    .action(run(show))
  withFilingOptions(policy.command('admit [kinds...]'))
    .summary('take more kinds of statements (keeper)')
    .description(
      'Signs the policy in force again with more kinds, as the keeper of the log. Everything else in it stays. It is in force from the next statement on.',
    )
    .option('--all', 'every kind that this version knows')
    .addHelpText('after', example('comity policy admit move commitment', 'comity policy admit --all'))
    .action(run(admit))
}

/** Kinds that a log can take, of this version. */
function loggedKinds(): readonly string[] {
  return coreKinds.filter(({ logged }) => logged).map(({ name }) => name)
}

/** Kinds that this version knows and the policy does not admit. */
function missingFrom({ kinds }: Pick<PolicyPayload, 'kinds'>): readonly string[] {
  return loggedKinds().filter((kind) => !kinds.includes(kind))
}

async function show(session: Session): Promise<Result> {
  const client = await session.client()
  const [{ id, index, policy }, { origin, keeper }] = await Promise.all([client.policy(), client.status()])
  const { filing, kinds, limits, admits } = policy
  const missing = missingFrom(policy)
  const who = { token: 'holders of a token', listed: 'the parties it lists', open: 'anybody' } as const
  return {
    text: [
      `Policy of ${short(origin)}`,
      fields([
        ['keeper', nameOf(keeper.names)],
        ['may file', who[filing]],
        ['parties', admits.parties === 'any' ? 'any' : admits.parties.map((each) => short(each.slice(-64))).join(', ')],
        ['kinds', kinds.join(', ')],
        ['not taken', missing.length === 0 ? undefined : missing.join(', ')],
        ['statement', `up to ${limits.statementBytes} bytes`],
        ['document', `up to ${limits.documentBytes} bytes`],
        ['clock', `may be ${limits.clockSkewSeconds} seconds ahead`],
        ['stated in', `${short(id)}, entry ${index}`],
      ]),
      ...(missing.length === 0
        ? []
        : ['', wrap('Its keeper admits what is not taken with "comity policy admit KIND…".')]),
    ].join('\n'),
    json: { id, index, origin, keeper: keeper.urn, policy, notAdmitted: missing },
  }
}

async function admit(session: Session, options: AdmitOptions, named: readonly string[]): Promise<Result> {
  if ((options.all === true) === named.length > 0)
    throw new CliError('usage', `which kinds? Name some of ${loggedKinds().join(', ')}, or give --all`)
  const known = loggedKinds()
  const unknown = named.filter((kind) => !known.includes(kind) && kind !== 'hash-envelope')
  if (unknown.length > 0)
    throw new CliError('usage', `"${unknown.join('", "')}" is no kind of statement: ${known.join(', ')}`)
  const by = asKeeper(session)
  const client = await by.client()
  const [{ policy }, { origin, keeper }] = await Promise.all([client.policy(), client.status()])
  if (keeper.urn !== by.profile.urn) throw notKeeper(by, nameOf(keeper.names))
  const wanted = options.all === true ? missingFrom(policy) : [...new Set(named)]
  const added = wanted.filter((kind) => !policy.kinds.includes(kind))
  if (added.length === 0) {
    return {
      text: wrap(`Nothing was filed: ${wanted.length === 0 ? 'every kind' : wanted.join(', ')} is admitted already.`),
      json: { origin, added: [], filed: null },
    }
  }
  const payload: PolicyPayload = { ...policy, kinds: [...policy.kinds, ...added] }
  const filed = await fileDraft(by, { kind: 'policy', sub: origin, payload, title: 'policy' }, options)
  return { ...withRows(filed, [['admits', `${added.join(', ')}, from now on`]]), json: { ...filed.json, added } }
}

/** The session of the keeper whose folder is at hand, unless somebody is named. */
function asKeeper(session: Session): Session {
  const { options, keeper } = session
  return options.as !== undefined || keeper === undefined
    ? session
    : new Session(session.context, { ...options, as: keeper.alias })
}

function notKeeper({ profile }: Session, keeper: string): CliError {
  return new CliError(
    'refused',
    `this log is kept by ${keeper}, and only its keeper says what it takes: you sign as ${profile.alias}`,
    {
      inner: 'not-the-keeper',
    },
  )
}
