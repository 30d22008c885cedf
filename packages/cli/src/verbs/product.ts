/** `comity product`: a provider's product with its update policy. */
import { parseProductUrn, type ProductPayload } from '@comity/statement'
import { type Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { withRows } from '../filing.ts'
import { productFrom, rfc3339, secondsFrom } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import { type AgainOptions, earlierText, fileUnlessSaid, ifKnown } from '../said-before.ts'
import type { Session } from '../session.ts'
import { withAgain, withFilingOptions } from './filing-options.ts'

interface ProductOptions extends AgainOptions {
  readonly name?: string
  readonly description?: string
  readonly purl?: readonly string[]
  readonly updates: ProductPayload['updatePolicy']['mechanism']
  readonly consent: ProductPayload['updatePolicy']['consent']
  readonly security: ProductPayload['updatePolicy']['security']
  readonly rollback: boolean
  readonly noticeDays?: string
  readonly supportUntil?: string
  readonly export?: readonly string[]
  readonly homepage?: string
  readonly worksAlone?: Continuity['worksAlone']
  readonly continuityNotice?: string
  readonly continuityUntil?: string
  readonly escrow?: string
  readonly transfer?: string
}

type Continuity = NonNullable<ProductPayload['continuity']>

export const registerProduct: Register = (program, { run }) => {
  productOptions(program.command('product <short-name>'))
    .summary('register a product with its update policy')
    .description(
      'Registers a product with how its updates arrive and whether the user decides. A later statement about it replaces the one before.',
    )
    .addHelpText('after', example('comity product gateway --as acme --name Gateway --updates download'))
    .action(run(product))
}

function productOptions(command: Command): Command {
  return withAgain(withFilingOptions(command))
    .option('--name <text>', 'its name (the short name)')
    .option('--description <text>', 'what it is')
    .option('--purl <purl>', 'package URL without version (repeatable)', collect)
    .addOption(
      new Option('--updates <how>', 'how an update arrives')
        .choices(['package-manager', 'download', 'self-update', 'over-the-air', 'hosted', 'physical', 'none'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--consent <what>', 'whether the user decides')
        .choices(['required', 'notice', 'none'])
        .default('required'),
    )
    .addOption(
      new Option('--security <how>', 'security updates apart from others')
        .choices(['separate', 'bundled'])
        .default('separate'),
    )
    .option('--no-rollback', 'the user cannot go back')
    .option('--notice-days <days>', 'days between notice and update')
    .option('--support-until <date>', 'last day of support (UTC)')
    .option('--export <format>', 'format in which users take their data out (repeatable)', collect)
    .addOption(
      new Option('--works-alone <how-far>', 'what users have works on without you, with --continuity-notice').choices([
        'fully',
        'limited',
        'no',
      ]),
    )
    .option('--continuity-notice <days>', 'days of notice before supply ends or is restricted')
    .option('--continuity-until <date>', 'until when you commit yourself to that')
    .option('--escrow <text>', 'where source or keys lie, and when users get them')
    .option('--transfer <text>', 'who would take over, or how others can maintain it')
    .option('--homepage <url>', 'its page')
}

async function product(session: Session, options: ProductOptions, slug: string): Promise<Result> {
  const { profile } = session
  const {
    name = slug,
    description,
    purl,
    updates,
    consent,
    security,
    rollback,
    noticeDays,
    supportUntil,
    homepage,
  } = options
  const payload: ProductPayload = {
    name,
    ...(description === undefined ? {} : { description }),
    ...(purl === undefined ? {} : { purls: [...purl] }),
    updatePolicy: {
      mechanism: updates,
      consent,
      security,
      rollback,
      ...(noticeDays === undefined ? {} : { noticeDays: wholeNumber(noticeDays, '--notice-days') }),
      ...(supportUntil === undefined
        ? {}
        : { supportUntil: rfc3339(secondsFrom(supportUntil, '--support-until', 'ends')) }),
    },
    ...(options.export === undefined ? {} : { portability: { formats: [...options.export] } }),
    ...continuityOf(options),
    ...(homepage === undefined ? {} : { homepage }),
  }
  const sub = productFrom(slug, profile.urn)
  const client = await session.client()
  const registered = await ifKnown(client.product(sub))
  const earlier =
    registered === undefined
      ? undefined
      : { id: registered.statement.id, at: registered.statement.at, payload: registered.payload }
  const draft = { kind: 'product', sub, payload, title: `product ${parseProductUrn(sub)?.slug ?? slug}` }
  const filed = await fileUnlessSaid(session, draft, options, earlier)
  if (filed.json.duplicate) return filed
  return withRows(filed, [['replaces', earlier === undefined ? undefined : earlierText(earlier)]])
}

/** What holds should supply end: at least how far the product works alone, and how much notice there is. */
function continuityOf(options: ProductOptions): { readonly continuity?: Continuity } {
  const { worksAlone, continuityNotice, continuityUntil, escrow, transfer } = options
  if (worksAlone === undefined || continuityNotice === undefined) {
    const given = [worksAlone, continuityNotice, continuityUntil, escrow, transfer].some((each) => each !== undefined)
    if (!given) return {}
    throw new CliError('usage', 'a commitment to continuity says both --works-alone and --continuity-notice')
  }
  return {
    continuity: {
      worksAlone,
      noticeDays: wholeNumber(continuityNotice, '--continuity-notice'),
      ...(continuityUntil !== undefined && {
        until: rfc3339(secondsFrom(continuityUntil, '--continuity-until', 'ends')),
      }),
      ...(escrow !== undefined && { escrow }),
      ...(transfer !== undefined && { transfer }),
    },
  }
}

function wholeNumber(text: string, option: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new CliError('usage', `${option} "${text}" is no whole number`)
  return Number(text)
}
