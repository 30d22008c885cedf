import type { Client } from '@comity/contract'
import { isHex64, parseStatementUrn } from '@comity/statement'
import { CliError } from './cli-error.ts'
import { short } from './names.ts'
import { dateText, table } from './terminal/text.ts'

/** How an identifier begins, as lists show it: at least eight digits, and perhaps the ellipsis that was copied along. */
const beginning = /^([0-9a-f]{8,63})…?$/

/** Statements that are named when several begin alike. */
const listed = 10

/** Whether a text can name a statement: its identifier, the beginning of it, or its URN. */
export function namesStatement(text: string): boolean {
  return isHex64(text) || parseStatementUrn(text) !== undefined || beginning.test(text)
}

/**
 * The identifier of the statement that somebody names: by the identifier itself, by how it begins, or by its URN. Only a
 * beginning is asked of the node.
 *
 * Throws CliError `usage` for a text that can be none of these, `ambiguous` with a list for one that several statements
 * begin with, `not-found` where none does.
 */
export async function statementIdOf(client: Pick<Client, 'statements'>, text: string): Promise<string> {
  const whole = isHex64(text) ? text : parseStatementUrn(text)
  if (whole !== undefined) return whole
  const digits = beginning.exec(text)?.[1]
  if (digits === undefined) {
    throw new CliError('usage', `"${text}" is no statement id: 64 hexadecimal digits, or at least the first 8 of them`)
  }
  const { items } = await client.statements({ id: digits, limit: listed })
  const [only, ...others] = items
  if (only === undefined) throw new CliError('not-found', `this log has no statement whose id begins with ${digits}`)
  if (others.length === 0) return only.id
  const rows = items.map(({ id, kind, sub, at }) => [
    id.slice(0, Math.min(64, digits.length + 8)),
    kind,
    dateText(at).slice(0, 16),
    short(sub),
  ])
  throw new CliError(
    'ambiguous',
    `${items.length === listed ? 'at least ' : ''}${items.length} statements begin with ${digits}: give more digits`,
    { choices: { names: items.map(({ id }) => id), text: table(['begins with', 'kind', 'of', 'about'], rows) } },
  )
}
