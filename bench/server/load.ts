import { type Socket, connect } from 'node:net'
import { once } from 'node:events'

/**
 * One keep-alive connection that posts one body after the other. It reads no more of an answer than its status and its
 * length, so that the machine's cores are left to the server.
 */
export class Poster {
  readonly #socket: Socket
  #buffered: Buffer = Buffer.alloc(0)
  #wake: (() => void) | undefined
  #ended = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk])
      this.#wake?.()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#wake?.()
    })
  }

  static async open(url: string): Promise<Poster> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    return new Poster(socket)
  }

  /** Posts a body and resolves with the status and the length of the answer. */
  async post(path: string, type: string, accept: string, body: Uint8Array): Promise<number> {
    const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: ${type}\r\naccept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n`
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    this.#socket.write(body)
    this.#socket.uncork()
    for (;;) {
      const status = this.#answer()
      if (status !== undefined) return status
      if (this.#ended) throw new Error('the server closed the connection')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  #answer(): number | undefined {
    const end = this.#buffered.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const head = this.#buffered.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#buffered.length < end + 4 + length) return undefined
    this.#buffered = this.#buffered.subarray(end + 4 + length)
    return Number(head.slice(9, 12))
  }
}

/** Runs `work` for each item with `clients` at a time; each client keeps its own connection. */
export async function withClients<T>(
  url: string,
  clients: number,
  items: readonly T[],
  work: (poster: Poster, item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const one = async () => {
    const poster = await Poster.open(url)
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(poster, item)
    poster.close()
  }
  await Promise.all(Array.from({ length: clients }, one))
}
