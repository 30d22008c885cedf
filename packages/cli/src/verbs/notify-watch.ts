import type { Alert, Client } from '@comity/contract'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { vaultClient } from '../own-vault.ts'
import type { Session } from '../session.ts'
import { fields, plain, wrap } from '../terminal/text.ts'

interface WatchOptions {
  readonly since?: string
  readonly all?: boolean
  readonly once?: boolean
  readonly json?: boolean
}

/** Seconds that one read waits at the node. */
const wait = 30

/** How long a node that does not answer is left alone, in milliseconds. */
const pause = 5000

/** Prints alerts as they come. Ends with `--once`, when nobody reads any more, or by a signal. */
export async function watch(session: Session, options: WatchOptions): Promise<Result | undefined> {
  const { since, once, json } = options
  if (since !== undefined && !/^[0-9]{1,15}-[0-9a-f]{32}$/.test(since))
    throw new CliError('usage', `--since "${since}" is no cursor: it is in what --json prints`)
  const client = await vaultClient(session)
  const { stdout } = session.context
  let cursor = since ?? (options.all === true ? undefined : await newest(client))
  for (let reads = 0; !stdout.destroyed; reads++) {
    const page = await read(client, cursor)
    for (const alert of page.items) stdout.write(`${json === true ? JSON.stringify(alert) : alertText(alert)}\n`)
    cursor = page.next
    if (once === true && (page.items.length > 0 || reads > 0)) return undefined
  }
  return undefined
}

async function newest(client: Client): Promise<string> {
  let page = await client.vault.alerts({ limit: 200 })
  while (page.more) page = await client.vault.alerts({ limit: 200, cursor: page.next })
  return page.next
}

async function read(client: Client, cursor: string | undefined): ReturnType<Client['vault']['alerts']> {
  for (let failures = 0; ; failures++) {
    try {
      return await client.vault.alerts({ wait, ...(cursor === undefined ? {} : { cursor }) })
    } catch (error) {
      // A node that is started anew is away for a moment; what came meanwhile is behind the cursor.
      const isAway = error instanceof Error && 'code' in error && error.code === 'unreachable'
      if (!isAway || failures >= 12) throw error
      await sleep(pause)
    }
  }
}

function alertText({ match }: Alert): string {
  const { state, component, inventory, vulnerability, why, priority, advisory } = match
  const version = component.version === undefined ? '' : ` ${plain(component.version)}`
  return [
    wrap(
      `${state.replaceAll('_', ' ').toUpperCase()}  ${plain(component.name)}${version}, in ${plain(inventory.name)}`,
    ),
    fields([
      ['because of', plain(vulnerability.id)],
      ['title', advisory.title === '' ? undefined : plain(advisory.title)],
      ['why', plain(why.text)],
      ['weighs', priority.length === 0 ? undefined : priority.map(({ text }) => plain(text)).join('\n')],
    ]),
  ].join('\n')
}
