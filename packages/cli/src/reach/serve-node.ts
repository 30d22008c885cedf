/** Puts a node together: truth, register, vault, HTTP. */
import {
  ComityNode,
  createServer,
  CsafProvider,
  Inbox,
  NodeError,
  type MailRelay,
  type NodeKeys,
  Refused,
  type ServerOptions,
  Sources,
  Telling,
  type Vault,
} from '@comity/node'
import { runAllInTurn } from '@comity/store'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Context } from '../context.ts'
import type { DataFolder } from '../home/data-folder.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { nodeKeysOf } from '../keys/node-keys.ts'
import type { Session } from '../session.ts'
import { backupNode } from './backup-node.ts'
import { openVault } from './open-vault.ts'

/** How long requests under way may take once the node shuts down, in milliseconds. */
const lastRequests = 5000

export interface NodeAtHand {
  readonly node: ComityNode
  readonly vault: Vault
  readonly data: DataFolder
}

export interface Listening extends Pick<ServerOptions, 'postRate' | 'trustedProxies'> {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer }
  readonly publicUrl?: string
  readonly sample?: boolean
  /** What takes the mail that tells parties what concerns them. */
  readonly relay?: MailRelay | undefined
  /** Webhooks of parties may lead into the keeper's own network. */
  readonly notifyPrivate?: boolean
  /** Sealed messages leave, the node commits to them each hour, sources are read: for a node that goes on serving. */
  readonly carriesMessages?: boolean
}

/** A node that answers over HTTP. */
export interface Serving {
  readonly url: string
  /** Lets requests under way end, then closes node and folder. */
  close(): Promise<void>
}

/** The keys of the node in a data folder, its passphrase asked for. */
export async function openNodeKeys(
  session: Pick<Session, 'context' | 'options' | 'progress'>,
  data: DataFolder,
): Promise<{ keys: NodeKeys; masterKey?: Uint8Array }> {
  const { origin } = data.founded()
  return nodeKeysOf(await openKeyFile(session, data.keyFile, session.options), origin)
}

/** Opens the node in a data folder. Throws StoreError `folder-in-use` while another process has it open. */
export async function openNode(session: Session, data: DataFolder, what = 'Opening the node'): Promise<NodeAtHand> {
  const signing = await openNodeKeys(session, data)
  const node = await ComityNode.open({
    directory: data.path,
    ...signing,
    now: () => session.context.now(),
    onProgress: (done, total) => session.progress.update(what, done, total),
  })
  const onProgress = (done: number, total: number) => session.progress.update('Matching inventories', done, total)
  try {
    return { node, vault: await openVault(node, data.path, onProgress), data }
  } catch (error) {
    await node.close()
    throw error
  }
}

/** Serves a node. When this throws, the node is closed. */
export async function serveNode(
  { node, vault, data }: NodeAtHand,
  listening: Listening,
  context: Context,
): Promise<Serving> {
  const { host, port, tls, publicUrl, sample, postRate, trustedProxies, carriesMessages } = listening
  const log = errorLog(context)
  const inbox = new Inbox({ node, vault, onError: inboxLog(context) })
  const csaf = CsafProvider.open({
    node,
    view: join(data.path, 'views', 'csaf.db'),
    onError: (err) => log.error({ err }, 'CSAF documents were not looked at, and are at the next batch'),
  })
  const sources = await openSources({ node, vault, data }, csaf, (err, source) =>
    log.error({ err, source }, 'a source was not read, and will be'),
  )
  const telling = new Telling({
    vault,
    now: node.now,
    relay: listening.relay,
    allowPrivate: listening.notifyPrivate === true,
    onError: inboxLog(context, 'a piece of work for telling people failed, and is tried again'),
    ...(publicUrl === undefined ? {} : { publicUrl: publicUrl.replace(/\/+$/, '') }),
  })
  const wakers = [
    node.onBatch(() => vault.wake()),
    node.onBatch(() => csaf.wake()),
    node.mirrors.onGathered(() => vault.wake()),
  ]
  const closeNode = async (): Promise<void> => {
    for (const stopWaking of wakers) stopWaking()
    // What cannot be written any more must not keep the rest, and with it the process, from ending.
    await runAllInTurn([
      () => inbox.stop(),
      () => telling.stop(),
      () => sources.close(),
      () => csaf.close(),
      () => vault.close(),
      () => node.close(),
    ])
  }
  try {
    const app = await createServer({
      node,
      vault,
      inbox,
      telling,
      csaf,
      sources,
      log,
      ...(tls === undefined ? {} : { tls }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(sample === undefined ? {} : { sample }),
      ...(postRate === undefined ? {} : { postRate }),
      ...(trustedProxies === undefined ? {} : { trustedProxies }),
      backup: async (directory, onProgress) => {
        try {
          return await backupNode(node.truth, { data, directory, at: context.now(), onProgress })
        } catch (error) {
          // Who asked may have gone by then, and hears of a defect no more than that it was one.
          log.error({ err: error, directory }, 'a backup failed')
          throw error
        }
      },
    })
    await app.listen({ host, port })
    if (carriesMessages === true) {
      inbox.start()
      telling.start()
      sources.start()
    }
    // Safe: it listens on a TCP port.
    const { port: actual } = app.server.address() as AddressInfo
    const url =
      publicUrl ?? `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${actual}`
    return {
      url,
      async close() {
        const late = setTimeout(() => app.server.closeAllConnections(), lastRequests)
        await runAllInTurn([() => app.close(), () => clearTimeout(late), closeNode])
      },
    }
  } catch (error) {
    await closeNode()
    throw asListenError(error, host, port)
  }
}

/** The sources that this node follows. When this throws, the node is closed. */
async function openSources(
  { node, vault, data }: NodeAtHand,
  csaf: CsafProvider,
  onError: (error: unknown, source: string) => void,
): Promise<Sources> {
  try {
    const view = join(data.path, 'views', 'sources.db')
    return await Sources.open({ node, view, vault, keys: csaf.keys, onError })
  } catch (error) {
    await runAllInTurn([() => csaf.close(), () => vault.close(), () => node.close()])
    throw error
  }
}

/** A node for one command: the folder is opened, served to this process alone, and closed again. */
export async function openForOneCommand(session: Session): Promise<Serving> {
  const atHand = await openNode(session, session.data)
  // There is no later moment at which matches could arrive.
  await atHand.vault.settled()
  return serveNode(atHand, { host: '127.0.0.1', port: 0 }, session.context)
}

/** Whether somebody listens there already: asked before long work is begun. */
export async function checkPort(host: string, port: number): Promise<void> {
  const { createServer: probe } = await import('node:net')
  const server = probe()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
  } catch (error) {
    throw asListenError(error, host, port)
  } finally {
    server.close()
  }
}

function asListenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new CliError(
      'port-in-use',
      `port ${port} on ${host} is in use by another program: choose another with --port`,
      { cause: error },
    )
  }
  if (code === 'EACCES')
    return new CliError(
      'port-in-use',
      `this user may not listen on port ${port}: choose one from 1024 on with --port`,
      { cause: error },
    )
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') {
    return new CliError('usage', `this machine has no address ${host}: give one of its own with --host`, {
      cause: error,
    })
  }
  return error
}

/** How long the same trouble of the inbox is not said again, in seconds. */
const saidOnceIn = 3600

/** That a piece of the inbox's work failed: by its code alone, for what else the error says may be sealed. */
function inboxLog(
  context: Context,
  what = 'a piece of work for sealed messages failed, and is tried again',
): (error: unknown) => void {
  const said = new Map<string, number>()
  return (error) => {
    const name = error instanceof Error ? error.name : typeof error
    const code = error instanceof NodeError || error instanceof Refused ? codeOf(error) : name
    const now = context.now()
    if (now - (said.get(code) ?? -Infinity) < saidOnceIn) return
    said.set(code, now)
    errorLog(context).error({ code, error: name }, what)
  }
}

function codeOf(error: NodeError | Refused): string {
  return error instanceof Refused ? error.reason.code : error.code
}

/** One JSON line for each error inside the node, on standard error. */
function errorLog({ stderr }: Context) {
  return {
    error(fields: Readonly<Record<string, unknown>>, message: string): void {
      const { err, ...rest } = fields
      const said = err instanceof Error ? { error: err.name, message: err.message, stack: err.stack } : {}
      stderr.write(
        `${JSON.stringify({ time: new Date().toISOString(), level: 'error', msg: message, ...rest, ...said })}\n`,
      )
    },
  }
}
