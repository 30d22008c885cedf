/** What an operator keeps at home: inventories in its vault. */
import { basename } from 'node:path'
import type { Result } from '../context.ts'
import { example, type Register } from '../registrar.ts'
import { readSbomFile } from '../sbom-file.ts'
import type { Session } from '../session.ts'
import { problemList } from '../terminal/problems.ts'
import { countText, dateText, fields, plain, plural, table } from '../terminal/text.ts'
import { allMatches, inventoryNamed, vaultClient } from '../own-vault.ts'
import { registerGiving } from './inventory-give.ts'

export const registerInventory: Register = (program, { run }) => {
  const inventory = program
    .command('inventory')
    .summary('keep SBOMs of what you run: they stay in your vault')
    .description(
      'Inventories stay in your partition of the node’s vault, encrypted under a key of your own. Nothing of them is ever published.',
    )
    .addHelpText('after', example('comity inventory add plant.cdx.json --as plant'))
  inventory
    .command('add <sbom>')
    .summary('keep an SBOM and match every advisory against it')
    .description(
      'Keeps an SBOM (CycloneDX or SPDX, as JSON) of what you run and matches every advisory of the log against it. One of the same name is replaced.',
    )
    .option('--name <name>', 'what it is of (the file name)')
    .addHelpText('after', example('comity inventory add plant.cdx.json --as plant --name "Plant 1"'))
    .action(run(addInventory))
  inventory
    .command('list')
    .summary('list your inventories')
    .description('Lists the inventories in your vault.')
    .addHelpText('after', example('comity inventory list --as plant'))
    .action(run(listInventories))
  inventory
    .command('remove <inventory>')
    .summary('remove an inventory with its matches')
    .description('Removes an inventory, by name or identifier, with its matches.')
    .addHelpText('after', example('comity inventory remove "Plant 1" --as plant'))
    .action(run(removeInventory))
  registerGiving(inventory, { run })
}

async function addInventory(session: Session, { name }: { readonly name?: string }, file: string): Promise<Result> {
  const { bytes, warnings } = await readSbomFile(session, file)
  const label = name ?? (file === '-' ? 'standard input' : basename(file))
  const client = await vaultClient(session)
  const added = await session.progress.during(
    `Adding ${label}, ${countText(bytes.length)} bytes`,
    client.vault.addInventory(label, bytes),
  )
  const { components, withoutPurl, problems, total, id } = added
  const own = await allMatches(client, { inventory: id })
  const affected = own.filter(({ state }) => state === 'affected').length
  const undetermined = own.filter(({ state }) => state === 'undetermined').length
  return {
    text: [
      `${outcomeOf(added)}: ${plain(added.name)}`,
      fields([
        ['inventory', id],
        [
          'components',
          `${countText(components)}${withoutPurl === 0 ? '' : `, ${countText(withoutPurl)} without a package URL: nothing can match them`}`,
        ],
        ['affected', `${plural(affected, 'match', 'matches')}${affected === 0 ? '' : ': see "comity matches"'}`],
        ['undetermined', undetermined === 0 ? undefined : plural(undetermined, 'match', 'matches')],
        ['warning', warnings.length === 0 ? undefined : warnings.join('\n')],
        ['unreadable', total === 0 ? undefined : `${plural(total, 'part')} of the document:`],
      ]),
      ...(total === 0 ? [] : [problemList(problems, total)]),
    ].join('\n'),
    json: { ...added, affected, undetermined, warnings },
  }
}

function outcomeOf({ duplicate, revision }: { readonly duplicate: boolean; readonly revision: number }): string {
  if (duplicate) return 'Was there already, nothing changed'
  return revision === 1
    ? 'Kept in your vault'
    : `Kept in your vault in place of the one before, as revision ${revision}`
}

async function listInventories(session: Session): Promise<Result> {
  const { inventories } = await (await vaultClient(session)).vault.inventories()
  return {
    text: table(
      ['inventory', 'components', 'since', 'identifier'],
      inventories.map(({ name, components, addedAt, id }) => [
        name,
        countText(components),
        dateText(addedAt).slice(0, 10),
        id,
      ]),
      'You keep no inventory here: comity inventory add SBOM',
    ),
    json: inventories,
  }
}

async function removeInventory(session: Session, _options: object, named: string): Promise<Result> {
  const client = await vaultClient(session)
  const found = await inventoryNamed(client, named)
  await client.vault.removeInventory(found.id)
  return { text: `Removed: ${plain(found.name)}`, json: { removed: found.id } }
}
