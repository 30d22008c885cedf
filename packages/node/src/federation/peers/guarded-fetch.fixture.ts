/** Real servers on this machine that misbehave, and a guarded fetch that asks them. */
import { type RequestListener, createServer } from 'node:http'
import { type AddressInfo, type Socket, createServer as createTcpServer } from 'node:net'
import type { TestContext } from 'node:test'
import type { FederationError } from '../federation-error.ts'
import { type CallOutcome, type Destination, GuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts'
import type { Fetch } from './peer.ts'

/** Longer than any machine takes to answer itself, however busy. */
const patience = { headers: 20_000, idle: 20_000, bytesPerSecond: 1000, total: 60_000 }

/** Short enough that a test of a server without end ends soon; for those alone, for a busy machine is slow too. */
export const impatience = { headers: 250, idle: 150, total: 1500 }

export interface Guarded {
  readonly fetch: Fetch
  readonly outcomes: readonly CallOutcome[]
  readonly errors: readonly FederationError[]
  close(): void
}

/** A guarded fetch to which every address is that of a peer of one's own network. */
export function guarded(context: TestContext, options: Partial<GuardedFetchOptions> = {}): Guarded {
  const outcomes: CallOutcome[] = []
  const errors: FederationError[] = []
  const own: Destination = { name: 'peer', allowPrivate: true }
  const guard = new GuardedFetch({
    destination: () => own,
    now: () => Math.floor(Date.now() / 1000),
    onCall: (_, outcome, error) => {
      outcomes.push(outcome)
      if (error !== undefined) errors.push(error)
    },
    ...options,
    patience: { ...patience, ...options.patience },
  })
  context.after(() => guard.close())
  return { fetch: guard.fetch, outcomes, errors, close: () => guard.close() }
}

/** An HTTP server until the end of the test; its address without a slash at the end. */
export async function serving(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return urlOf(server.address())
}

/** A server that speaks whatever bytes `speak` writes once a request has come. */
export async function speaking(context: TestContext, speak: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.once('data', () => speak(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return urlOf(server.address())
}

function urlOf(address: string | AddressInfo | null): string {
  // Safe: a listening TCP server has an address with a port.
  return `http://127.0.0.1:${(address as AddressInfo).port}`
}

/** Writes again and again until the connection is gone. */
export function endlessly(socket: Socket, milliseconds: number, piece: () => string): void {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(piece())), milliseconds)
  socket.on('close', () => clearInterval(timer))
}
