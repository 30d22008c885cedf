/** A mail server on a port of this machine that speaks SMTP (RFC 5321, STARTTLS of RFC 3207, AUTH PLAIN of RFC 4954). */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { TLSSocket, createSecureContext } from 'node:tls'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** Head and body as they came, dots undone, lines ended by `\n`. */
  readonly data: string
  readonly isTls: boolean
  readonly user: string | undefined
}

export interface SmtpServer {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** Every command of every session. */
  readonly commands: readonly string[]
}

export interface SmtpOptions {
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer }
  /** TLS from the first byte, not by STARTTLS. */
  readonly isImplicit?: boolean
  /** Without it nobody has to give a name. */
  readonly user?: { readonly name: string; readonly password: string }
  /** What it says in place of yes: to a command (`RCPT TO:<…>`), or to a mail's end (`.`). `hang up` ends the connection. */
  readonly instead?: (command: string) => string | undefined
}

/** A key and a certificate for 127.0.0.1. */
export function certificate(context: TestContext): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'comity-smtp-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

export async function smtpServer(context: TestContext, options: SmtpOptions = {}): Promise<SmtpServer> {
  const received: ReceivedMail[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    new Session(options, { received, commands }).begin(options.isImplicit === true ? secured(socket, options) : socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  // Safe: it listens on a TCP port.
  return { port: (server.address() as AddressInfo).port, received, commands }
}

function secured(socket: Socket, { tls }: SmtpOptions): Socket {
  return new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) }).on('error', () => {})
}

class Session {
  readonly #options: SmtpOptions
  readonly #seen: { readonly received: ReceivedMail[]; readonly commands: string[] }
  #socket: Socket | undefined
  #isTls = false
  #user: string | undefined
  #from = ''
  #to: string[] = []
  #data: string[] | undefined
  #rest = ''

  constructor(options: SmtpOptions, seen: { received: ReceivedMail[]; commands: string[] }) {
    this.#options = options
    this.#seen = seen
    this.#isTls = options.isImplicit === true
  }

  begin(socket: Socket): void {
    this.#listen(socket)
    this.#say('220 mail.test ESMTP')
  }

  #listen(socket: Socket): void {
    this.#socket = socket
    this.#rest = ''
    socket.on('data', (piece: Buffer) => {
      this.#rest += piece.toString('latin1')
      for (let end = this.#rest.indexOf('\r\n'); end >= 0; end = this.#rest.indexOf('\r\n')) {
        const line = this.#rest.slice(0, end)
        this.#rest = this.#rest.slice(end + 2)
        if (this.#data === undefined) this.#command(line)
        else this.#line(line)
      }
    })
  }

  #say(text: string): void {
    this.#socket?.write(`${text}\r\n`)
  }

  #command(line: string): void {
    this.#seen.commands.push(line)
    const instead = this.#options.instead?.(line)
    if (instead === 'hang up') return void this.#socket?.destroy()
    if (instead !== undefined) return this.#say(instead)
    const [verb = '', ...rest] = line.split(' ')
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return this.#greet()
      case 'STARTTLS':
        return this.#startTls()
      case 'AUTH':
        return this.#authenticate(rest[1] ?? '')
      case 'MAIL':
        if (this.#options.user !== undefined && this.#user === undefined) return this.#say('530 5.7.0 say who you are')
        this.#from = addressIn(line)
        this.#to = []
        return this.#say('250 ok')
      case 'RCPT':
        this.#to.push(addressIn(line))
        return this.#say('250 ok')
      case 'DATA':
        this.#data = []
        return this.#say('354 go on')
      case 'QUIT':
        this.#say('221 bye')
        return void this.#socket?.end()
      default:
        return this.#say('250 ok')
    }
  }

  #greet(): void {
    const { tls, user } = this.#options
    const offers = [
      'mail.test',
      ...(tls !== undefined && !this.#isTls ? ['STARTTLS'] : []),
      ...(user === undefined ? [] : ['AUTH PLAIN']),
      '8BITMIME',
    ]
    for (const [i, offer] of offers.entries()) this.#say(`250${i === offers.length - 1 ? ' ' : '-'}${offer}`)
  }

  #startTls(): void {
    const { tls } = this.#options
    if (tls === undefined || this.#socket === undefined) return this.#say('502 not here')
    this.#say('220 go on')
    this.#socket.removeAllListeners('data')
    this.#isTls = true
    this.#listen(secured(this.#socket, this.#options))
  }

  #authenticate(given: string): void {
    const [, name, password] = Buffer.from(given, 'base64').toString().split('\0')
    const { user } = this.#options
    if (user?.name !== name || user?.password !== password) return this.#say('535 5.7.8 wrong name or password')
    this.#user = name
    this.#say('235 welcome')
  }

  #line(line: string): void {
    if (line !== '.') return void this.#data?.push(line.startsWith('.') ? line.slice(1) : line)
    const data = (this.#data ?? []).join('\n')
    this.#data = undefined
    const instead = this.#options.instead?.('.')
    // What it says no to it has not taken; who hangs up may have.
    if (instead === undefined || instead === 'hang up') {
      this.#seen.received.push({ from: this.#from, to: this.#to, data, isTls: this.#isTls, user: this.#user })
    }
    if (instead === 'hang up') return void this.#socket?.destroy()
    this.#say(instead ?? '250 taken')
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? ''
}

/** The text of a mail, its transfer encoding (RFC 2045 §6.7) undone. */
export function textOf({ data }: ReceivedMail): string {
  const at = data.indexOf('\n\n')
  const [head, body] = [data.slice(0, at), data.slice(at + 2)]
  if (/^content-transfer-encoding: *base64/im.test(head)) return Buffer.from(body, 'base64').toString()
  if (!/^content-transfer-encoding: *quoted-printable/im.test(head)) return Buffer.from(body, 'latin1').toString()
  const bytes = body
    .replaceAll(/=\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

/** A header of a mail, unfolded. */
export function headerOf({ data }: ReceivedMail, name: string): string | undefined {
  const head = data.slice(0, data.indexOf('\n\n')).replaceAll(/\n[ \t]/g, ' ')
  return head
    .split('\n')
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    ?.slice(name.length + 1)
    .trim()
}
