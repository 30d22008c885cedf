/** A private case among hundreds of vendors: how long the seat takes for a move, and a reader for the page. */
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { createServer, Inbox, Vault, type ComityNode } from '@comity/node'
import { caseUrn } from '@comity/statement'
import type { Actor, Keeper } from '@comity/testkit'
import { type Figure, median } from './figure.ts'

/** Times the page is asked for. */
const samples = 60

/** Asked in, and one in three has said how it stands. */
export async function privateCaseFigures(
  node: ComityNode,
  directory: string,
  home: Keeper,
  vendors: readonly Actor[],
): Promise<readonly Figure[]> {
  const vault = await Vault.open({
    truth: node.truth,
    view: join(directory, 'views', 'vault.db'),
    register: node.reader,
    now: node.now,
  })
  const inbox = new Inbox({ node, vault })
  const app = await createServer({ node, vault, inbox })
  try {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { secret } = await vault.issueToken({ party: home.urn, admin: false, label: 'bench' })
    const urn = caseUrn(home.urn, 'two-headers')
    const moves = await played(inbox, vault, { home, vendors, urn, at: node.now() })
    // Safe: it listens on a TCP port.
    const { port } = app.server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/api/v1`
    const headers = { authorization: `Bearer ${secret}` }
    const read = async (path: string): Promise<{ readonly took: number; readonly bytes: number }> => {
      const before = performance.now()
      const text = await (await fetch(`${url}/${path}`, { headers })).text()
      return { took: performance.now() - before, bytes: text.length }
    }
    const page = `cases/${encodeURIComponent(urn)}`
    await read(page)
    const pages: { readonly took: number; readonly bytes: number }[] = []
    const status: number[] = []
    for (let i = 0; i < samples; i++) {
      pages.push(await read(page))
      status.push((await read('status')).took)
    }
    const value = median(pages.map(({ took }) => took))
    const limit = median(status)
    return [
      {
        figure: `page of a private case with ${vendors.length} vendors, over HTTP (${Math.round((pages[0]?.bytes ?? 0) / 1024)} KB)`,
        value,
        unit: 'ms',
        against: `an answer that reads no case: ${limit.toFixed(2)} ms`,
        ratio: value / limit,
        goal: '< 50 ms',
        met: value < 50,
      },
      {
        figure: 'worst of these pages',
        value: Math.max(...pages.map(({ took }) => took)),
        unit: 'ms',
        against: '',
        ratio: null,
        goal: '',
        met: null,
      },
      {
        figure: 'a move judged, ordered and written by the seat of that case',
        value: median(moves),
        unit: 'ms/move',
        against: '',
        ratio: null,
        goal: '',
        met: null,
      },
    ]
  } finally {
    await inbox.stop()
    app.server.closeAllConnections()
    await app.close()
    await vault.close()
  }
}

interface Play {
  readonly home: Keeper
  readonly vendors: readonly Actor[]
  readonly urn: string
  readonly at: number
}

/** Plays the case; how long each of the later half of its moves took, in milliseconds. */
async function played(inbox: Inbox, vault: Vault, { home, vendors, urn, at }: Play): Promise<readonly number[]> {
  const took: number[] = []
  const seen: { after?: string } = {}
  const payload = (move: string, body: object) => ({
    procedure: 'disclosure/1',
    move,
    seat: home.origin,
    body: { ...body },
    ...seen,
  })
  const own = async (move: string, body: object): Promise<void> => {
    const bytes = home.sign('move', urn, payload(move, body), at)
    const before = performance.now()
    await inbox.cases.file(home.urn, bytes, [])
    took.push(performance.now() - before)
  }
  await own('open', { title: 'Two length headers', description: 'Read differently.', origin: 'own-finding' })
  const partition = vault.desk.partitions.of(home.urn)
  const found = partition && inbox.cases.reader.find(partition, urn)
  const first = found && inbox.cases.reader.openingOf(found)
  if (partition === undefined || first === undefined) throw new Error('the case was not opened')
  seen.after = first.id
  for (const vendor of vendors) await own('invite', { vendor: vendor.urn })
  for (const [i, vendor] of vendors.entries()) {
    if (i % 3 !== 0) continue
    const bytes = vendor.sign('move', urn, payload('state-status', { status: { state: 'affected' } }), at)
    const before = performance.now()
    await inbox.cases.reception.take(partition, { move: bytes, fields: [] }, 4096)
    await inbox.cases.judge()
    took.push(performance.now() - before)
  }
  return took.slice(took.length >> 1)
}
