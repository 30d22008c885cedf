import { type Socket, connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A link as bad as it is said to be, in both directions. */
export interface LinkShape {
  readonly bytesPerSecond: number
  /** There and back, in milliseconds. */
  readonly roundTrip: number
}

export interface SlowLink {
  /** Where it listens on this machine. */
  readonly port: number
  /** Bytes that came through: from who connects, and to him. */
  readonly sent: { up: number; down: number }
  close(): Promise<void>
}

const packetBytes = 1460

/** Bytes that wait for the line; then the sender waits. */
const queueBytes = 16 * 1024

/**
 * A TCP proxy to a port of this machine, through which all connections share one slow line: packets leave at the given
 * rate, arrive half a round trip later, and the first of a connection comes after its handshake.
 */
export async function slowLink(port: number, { bytesPerSecond, roundTrip }: LinkShape): Promise<SlowLink> {
  const sent = { up: 0, down: 0 }
  const freeAt = { up: 0, down: 0 }
  const sockets = new Set<Socket>()
  const carry = (from: Socket, to: Socket, way: 'up' | 'down', handshake: number): void => {
    let waiting = 0
    let ready = performance.now() + handshake
    const at = (moment: number, work: () => void): void =>
      void setTimeout(work, Math.max(0, moment - performance.now()))
    from.on('data', (data: Buffer) => {
      for (let start = 0; start < data.length; start += packetBytes) {
        const packet = data.subarray(start, start + packetBytes)
        const leaves = Math.max(performance.now(), freeAt[way], ready) + (packet.length * 1000) / bytesPerSecond
        freeAt[way] = leaves
        ready = leaves
        waiting += packet.length
        at(leaves, () => {
          waiting -= packet.length
          if (waiting < queueBytes) from.resume()
        })
        at(leaves + roundTrip / 2, () => {
          sent[way] += packet.length
          if (!to.destroyed) to.write(packet)
        })
      }
      if (waiting >= queueBytes) from.pause()
    })
    from.on('end', () => at(Math.max(ready, performance.now()) + roundTrip / 2, () => to.end()))
    from.on('error', () => to.destroy())
    from.on('close', () => sockets.delete(from))
  }
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port, noDelay: true })
    near.setNoDelay(true)
    sockets.add(near).add(far)
    carry(near, far, 'up', roundTrip)
    carry(far, near, 'down', 0)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // Safe: it listens on a TCP port.
    port: (server.address() as AddressInfo).port,
    sent,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
