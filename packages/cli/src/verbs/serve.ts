/** `comity start` and `comity serve`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Command } from 'commander'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Context, Result } from '../context.ts'
import { readBytes } from '../home/private-file.ts'
import { howToStop } from '../reach/how-to-stop.ts'
import type { Listening, Serving } from '../reach/serve-node.ts'
import { example, type Register } from '../registrar.ts'
import { sampleBanner } from '../sample/banner.ts'
import { showStep } from '../sample/progress-line.ts'
import type { Session } from '../session.ts'
import { fields } from '../terminal/text.ts'
import { postRateOf, trustedProxiesOf } from './serve-limits.ts'
import { type MailOptions, mailRelayOf } from './serve-mail.ts'

interface ServeOptions extends MailOptions {
  readonly notifyPrivate?: boolean
  readonly port: string
  readonly host: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly publicUrl?: string
  readonly postRate?: string
  readonly trustedProxies?: string
  readonly followEndorsed?: boolean
  readonly json?: boolean
}

export const registerServe: Register = (program, { run }) => {
  listenOptions(program.command('start'))
    .summary('what "npm start" runs: your node, else the sample register')
    .description(
      'Serves the node in the data folder. Where none has been founded yet it builds and serves a sample register: real facts, fictitious parties, in a temporary folder.',
    )
    .addHelpText('after', example('comity start', 'comity start --port 9000'))
    .action(run(start))
  listenOptions(program.command('serve'))
    .summary('serve the node in the data folder')
    .description(
      'Serves the node in the data folder until SIGTERM or SIGINT, over TLS with the given files or plainly, for a machine of your own or behind a reverse proxy.',
    )
    .addHelpText('after', example('comity serve', 'comity serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem'))
    .action(run(serve))
}

function listenOptions(command: Command): Command {
  return command
    .option('--port <port>', 'port to listen on; 0 takes a free one', '8480')
    .option('--host <address>', 'address to listen on', 'localhost')
    .option('--tls-cert <file>', 'certificate chain, PEM')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--public-url <url>', 'where the world reaches this node')
    .option('--mail-relay <url>', 'what takes mail to your parties: smtps://user@mail.example.org:465')
    .option('--mail-from <address>', 'the sender of that mail')
    .option('--mail-password-file <file>', 'password at the relay, first line ($COMITY_MAIL_PASSWORD)')
    .option('--notify-private', 'webhooks of your parties may lead into your own network')
    .option('--follow-endorsed', 'make peers of the nodes of whom your keeper endorses')
    .option('--post-rate <burst/second>', 'posts one address has without a token; 1000/20 unless said otherwise')
    .option(
      '--trusted-proxies <list>',
      'whose X-Forwarded-For counts, such as 10.0.0.0/8; loopback unless said otherwise',
    )
}

async function start(session: Session, options: ServeOptions): Promise<Result | undefined> {
  return session.data.isFounded ? serve(session, options) : serveSample(session, options)
}

async function serve(session: Session, options: ServeOptions): Promise<Result | undefined> {
  const { context, data } = session
  const relay = await mailRelayOf(session, options)
  data.founded()
  const already = data.serving()
  if (already !== undefined) throw new CliError('storage', `a node serves ${data.path} already, at ${already}`)
  const { checkPort, openNode, serveNode } = await import('../reach/serve-node.ts')
  const listening = { ...listeningOf(session, options), notifyPrivate: options.notifyPrivate === true, relay }
  await checkPort(listening.host, listening.port)
  const signalled = untilSignal()
  const atHand = await openNode(session, data)
  const { node } = atHand
  node.startClockwork(
    (error) =>
      context.stderr.write(
        `comity: a chore of the node failed: ${error instanceof Error ? error.message : String(error)}\n`,
      ),
    { followEndorsed: options.followEndorsed === true },
  )
  const serving = await serveNode(atHand, { ...listening, carriesMessages: true }, context)
  data.announce(serving.url)
  session.progress.end()
  const { stopped, origin, head } = node
  const stop = howToStop(context)
  ready(context, options, serving, {
    text: [
      `Serving ${serving.url}`,
      fields([
        ['log', origin.length > 60 ? `${origin.slice(0, 8)}…${origin.slice(64)}` : origin],
        ['entries', head.size],
        ['data', data.path],
        ['frozen', stopped?.message],
      ]),
      stop === 'Ctrl+C' ? 'Stop it with Ctrl+C.' : `Stop it with: ${stop}`,
    ].join('\n'),
    json: {
      url: serving.url,
      origin,
      size: head.size,
      data: data.path,
      sample: false,
      pid: process.pid,
      accepting: stopped === undefined,
    },
  })
  await signalled
  data.retract()
  await serving.close()
  return undefined
}

async function serveSample(session: Session, options: ServeOptions): Promise<Result | undefined> {
  const { context } = session
  const { checkPort, serveNode } = await import('../reach/serve-node.ts')
  const { buildSample } = await import('../sample/build-sample.ts')
  const listening = listeningOf(session, options)
  await checkPort(listening.host, listening.port)
  const signalled = untilSignal()
  const folder = mkdtempSync(join(tmpdir(), 'comity-sample-'))
  try {
    const begun = performance.now()
    const { atHand, statements, home } = await buildSample(folder, context, (done, total, what) =>
      showStep(context, done, total, what),
    )
    const serving = await serveNode(atHand, { ...listening, sample: true }, context)
    atHand.data.announce(serving.url)
    const seconds = (performance.now() - begun) / 1000
    ready(context, options, serving, {
      text: sampleBanner({
        url: serving.url,
        home,
        statements,
        seconds,
        data: session.data.path,
        stop: howToStop(context),
      }),
      json: {
        url: serving.url,
        origin: atHand.node.origin,
        size: atHand.node.head.size,
        data: folder,
        home,
        sample: true,
        pid: process.pid,
        accepting: true,
      },
    })
    await signalled
    await serving.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return undefined
}

function ready(
  context: Context,
  { json }: ServeOptions,
  _serving: Serving,
  said: { readonly text: string; readonly json: object },
): void {
  context.stdout.write(json === true ? `${JSON.stringify(said.json)}\n` : `${said.text}\n`)
}

function listeningOf(session: Session, options: ServeOptions): Listening {
  const { port, host, tlsCert, tlsKey, publicUrl, postRate, trustedProxies } = options
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) > 65_535)
    throw new CliError('usage', `--port "${port}" is no port: 0 to 65535`)
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new CliError('usage', '--tls-cert and --tls-key go together')
  if (publicUrl !== undefined && !/^https?:\/\/[^\s/]+/.test(publicUrl)) {
    throw new CliError('usage', `--public-url "${publicUrl}" is no http or https address`)
  }
  return {
    host,
    port: Number(port),
    ...(tlsCert === undefined || tlsKey === undefined
      ? {}
      : { tls: tlsOf(session.path(tlsCert), session.path(tlsKey)) }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(postRate === undefined ? {} : { postRate: postRateOf(postRate) }),
    ...(trustedProxies === undefined ? {} : { trustedProxies: trustedProxiesOf(trustedProxies) }),
  }
}

/** Certificate and key, tried before anything is opened: a wrong file is the caller's, not a defect of the program. */
function tlsOf(certPath: string, keyPath: string): { readonly cert: Buffer; readonly key: Buffer } {
  const cert = Buffer.from(readBytes(certPath, 'the certificate'))
  const key = Buffer.from(readBytes(keyPath, 'the private key'))
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CliError(
      'usage',
      `${certPath} and ${keyPath} are no certificate chain and its private key, both as PEM without a passphrase: ${why}`,
    )
  }
  return { cert, key }
}

/** A second signal this long after the first, in milliseconds, ends the process at once: closing hangs. */
const impatience = 1000

/**
 * Resolves at the first SIGTERM, SIGINT or SIGHUP. Called before anything is announced, so that nobody who has read
 * where the node answers can stop it too early. Ctrl+C under npm arrives twice within a moment, which is one wish.
 */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const onSignal = (): void => {
      if (firstAt !== undefined && performance.now() - firstAt > impatience) process.exit(exitCodes.unavailable)
      firstAt ??= performance.now()
      resolve()
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}
