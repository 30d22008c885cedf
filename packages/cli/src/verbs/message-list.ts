import { eachItem, type MessageSummary } from '@comity/contract'
import type { Result } from '../context.ts'
import { countFrom } from '../names.ts'
import { vaultClient } from '../own-vault.ts'
import type { Session } from '../session.ts'
import { dateText, table } from '../terminal/text.ts'
import { PartyNames, standingOfAll } from './message-text.ts'

interface ListOptions {
  readonly limit: string
  readonly correspondence?: string
}

export async function list(session: Session, { limit, correspondence }: ListOptions): Promise<Result> {
  const wanted = countFrom(limit, '--limit')
  const client = await vaultClient(session)
  const query = { limit: Math.min(wanted, 200), ...(correspondence === undefined ? {} : { correspondence }) }
  const found: MessageSummary[] = []
  for await (const message of eachItem(client.inbox.messages, query)) {
    found.push(message)
    if (found.length >= wanted) break
  }
  const names = new PartyNames(client)
  const rows: string[][] = []
  for (const message of found) {
    const { id, direction, author, to, other, subject, attachments, iat } = message
    const [first = other ?? '', ...others] = to
    const party = direction === 'received' ? author : first
    const name = party.startsWith('urn:') ? await names.name(party) : party
    rows.push([
      id.slice(0, 8),
      dateText(iat).slice(0, 16),
      `${direction === 'received' ? 'from' : 'to'} ${name}${direction === 'sent' && others.length > 0 ? ` +${others.length}` : ''}`,
      standingOfAll(message),
      attachments.length === 0 ? '' : String(attachments.length),
      subject ?? '',
    ])
  }
  return {
    text: table(['id', 'signed', 'with', 'state', 'files', 'subject'], rows, 'no messages'),
    json: found,
  }
}
