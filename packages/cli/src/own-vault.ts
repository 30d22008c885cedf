/** The vault of a party: how it is opened, and its lists, read to their end. */
import { type Client, eachItem, type Match, type MatchesQuery } from '@comity/contract'
import { CliError } from './cli-error.ts'
import type { Session } from './session.ts'

/**
 * A client with the token that opens the vault of the party of `--as`, or of the token given. Throws CliError
 * `unknown-alias` where it is not clear whose vault is meant, and `missing-key` where this home has no token of it.
 */
export async function vaultClient(session: Session): Promise<Client> {
  if (session.token('party') === undefined) {
    const aliases = session.home.aliases()
    if (session.profileIfClear === undefined && aliases.length > 1) {
      throw new CliError('unknown-alias', `whose vault? Give --as with one of ${aliases.join(', ')}`)
    }
    const { alias, urn } = session.profile
    throw new CliError(
      'missing-key',
      `${session.home.path} holds no token of ${alias}: its keeper makes one with "comity token issue --party ${urn.slice(-64)}"; give it with --token-file`,
    )
  }
  return session.client('party')
}

/** Every match of a party that a query is about. */
export async function allMatches(client: Client, query: MatchesQuery): Promise<readonly Match[]> {
  const found: Match[] = []
  for await (const each of eachItem(client.vault.matches, { ...query, limit: 200 })) found.push(each)
  return found
}

/** An inventory by name or identifier. Throws CliError `not-found`. */
export async function inventoryNamed(
  client: Client,
  named: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const { inventories } = await client.vault.inventories()
  const found = inventories.find(({ id, name }) => id === named || name === named)
  if (found === undefined)
    throw new CliError('not-found', `your vault holds no inventory "${named}": see "comity inventory list"`)
  return found
}
