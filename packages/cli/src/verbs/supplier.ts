/** `comity supplier`: whom an operator believes as the supplier of what it runs. */
import type { BelievedSupplier } from '@comity/contract'
import { isPartyUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { partyUrnFrom } from '../names.ts'
import { vaultClient } from '../own-vault.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { dateText, plain, wrap } from '../terminal/text.ts'

interface BelieveOptions {
  readonly for?: readonly string[]
}

export const registerSupplier: Register = (program, { run }) => {
  const supplier = program
    .command('supplier')
    .summary('whom you believe about what they supplied to you')
    .description(
      'Where advisories disagree, what may do harm prevails. A supplier that you believe goes before all others: its "not affected" settles a match, in the packages that you name. You believe yourself, and nobody else until you say so. The list stays in your vault.',
    )
    .addHelpText('after', example('comity supplier believe 3f2a9c… --for pkg:npm/%40acme/ --as plant'))
  supplier
    .command('believe <supplier>')
    .summary('believe a party, or a source that your node follows')
    .description(
      'A party by its URN or 64 digits; a source by its address, as a match shows it. In place of what you believed of it. Your matches are settled anew.',
    )
    .option(
      '--for <package>',
      'a package that it supplies; all below where a slash ends it (repeatable; all packages)',
      collect,
    )
    .addHelpText(
      'after',
      example(
        'comity supplier believe 3f2a9c… --for pkg:npm/%40acme/ --as plant',
        'comity supplier believe cert.acme.example --for product:acme/ --as plant',
      ),
    )
    .action(run(believe))
  supplier
    .command('list')
    .summary('list whom you believe')
    .description('Lists whom you believe as supplier, and of which packages.')
    .addHelpText('after', example('comity supplier list --as plant'))
    .action(run(list))
  supplier
    .command('drop <supplier>')
    .summary('believe a supplier no longer')
    .description('Believes a supplier no longer: what it says stands beside what others say, as before.')
    .addHelpText('after', example('comity supplier drop cert.acme.example --as plant'))
    .action(run(drop))
}

async function believe(session: Session, options: BelieveOptions, named: string): Promise<Result> {
  const client = await vaultClient(session)
  const packages = [...(options.for ?? [])]
  const believed = await session.progress.during(
    'Settling your matches',
    client.vault.believeSupplier({ supplier: partyUrnFrom(named) ?? named, packages }),
  )
  return { text: `Believed now:\n${lineOf(believed)}`, json: believed }
}

async function list(session: Session): Promise<Result> {
  const { suppliers } = await (await vaultClient(session)).vault.suppliers()
  const none = 'You believe yourself alone: comity supplier believe PARTY'
  return { text: suppliers.length === 0 ? none : suppliers.map(lineOf).join('\n\n'), json: suppliers }
}

async function drop(session: Session, _options: object, named: string): Promise<Result> {
  const client = await vaultClient(session)
  const { suppliers } = await client.vault.suppliers()
  const asked = partyUrnFrom(named) ?? named
  const found = suppliers.find(({ id, supplier }) => supplier === asked || id === named)
  if (found === undefined)
    throw new CliError('not-found', `you believe no supplier "${named}": see "comity supplier list"`)
  await session.progress.during('Settling your matches', client.vault.dropSupplier(found.id))
  return { text: wrap(`Believed no longer: ${shownOf(found.supplier)}`), json: { dropped: found.id } }
}

function lineOf({ supplier, packages, since }: BelievedSupplier): string {
  const of = packages.length === 0 ? 'everything' : packages.map(plain).join(', ')
  return [shownOf(supplier), wrap(`of ${of}, since ${dateText(since)}`, { indent: '  ' })].join('\n')
}

/** A party by its digits: they are what one types. */
function shownOf(supplier: string): string {
  return isPartyUrn(supplier) ? supplier.slice(-64) : plain(supplier)
}
