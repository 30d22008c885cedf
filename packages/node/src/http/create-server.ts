import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Server } from 'node:http'
import { FederationError } from '../federation/federation-error.ts'
import type { CsafProvider } from '../csaf/csaf-provider.ts'
import { Inbox } from '../federation/inbox/inbox.ts'
import type { Rates } from '../federation/peers/rate-limits.ts'
import type { ComityNode } from '../node.ts'
import type { Sources } from '../sources/sources.ts'
import { Telling } from '../telling/telling.ts'
import type { Vault } from '../vault/vault.ts'
import { authorisation } from './authorisation.ts'
import { AddressLimit, defaultPostRate, type PostRate } from './address-limit.ts'
import { Bodies } from './bodies.ts'
import { compressAnswers } from './compression.ts'
import { answerConnectionError } from './connection-errors.ts'
import type { HttpContext } from './context.ts'
import { Gate } from './costly-answers.ts'
import { failureOf } from './failures.ts'
import { documentApi } from './openapi.ts'
import { PolicyInForce } from './policy-in-force.ts'
import { sendProblem } from './replies.ts'
import { RequestError } from './request-error.ts'
import { requestValidators } from './request-validators.ts'
import { adminRoutes } from './routes/admin.ts'
import { caseRoutes } from './routes/cases.ts'
import { changeRoutes } from './routes/changes.ts'
import { confirmationRoutes } from './routes/confirmation.ts'
import { csafRoutes } from './routes/csaf.ts'
import { csafMirrorRoutes } from './routes/csaf-mirrors.ts'
import { csafKeyRoutes, csafProblemRoutes } from './routes/csaf-problems.ts'
import { depositaryRoutes } from './routes/depositary.ts'
import { documentRoutes } from './routes/documents.ts'
import { findingsRoutes } from './routes/findings.ts'
import { healthRoutes } from './routes/health.ts'
import { homeRoutes } from './routes/home.ts'
import { inboxRoutes } from './routes/inbox.ts'
import { linkRoutes } from './routes/links.ts'
import { logRoutes } from './routes/log.ts'
import { mirrorRoutes } from './routes/mirrors.ts'
import { ownInboxRoutes } from './routes/own-inbox.ts'
import { oscalRoutes } from './routes/oscal.ts'
import { partyRoutes } from './routes/parties.ts'
import { type InboundName, inboundLimits } from './inbound-limits.ts'
import { peerRoutes } from './routes/peers.ts'
import { procedureRoutes } from './routes/procedures.ts'
import { ownCaseRoutes } from './routes/own-cases.ts'
import { productRoutes } from './routes/products.ts'
import { releaseRoutes } from './routes/releases.ts'
import { reportRoutes } from './routes/reports.ts'
import { resourceRoutes } from './routes/resources.ts'
import { scittRoutes } from './routes/scitt.ts'
import { securityTxtRoutes } from './routes/security-txt.ts'
import { sourceRoutes } from './routes/sources.ts'
import { statementRoutes } from './routes/statements.ts'
import { statusRoutes } from './routes/status.ts'
import { supplierRoutes } from './routes/suppliers.ts'
import { advisoryStatusRoutes, feedRoutes, tellingRoutes } from './routes/telling.ts'
import { submissionRoutes } from './routes/submissions.ts'
import { textRoutes } from './routes/texts.ts'
import { vaultRoutes } from './routes/vault.ts'
import { witnessRoutes } from './routes/witness.ts'

/** Where the server reports what went wrong inside; a pino logger fits. */
export interface ServerLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** How long clients may take, in seconds. */
export interface Timeouts {
  /** For the headers of a request. */
  readonly headers: number
  /** For the body of a request, documents excepted. */
  readonly body: number
  /** For the whole of a request, documents included. */
  readonly request: number
  /** Of silence on a connection while a request or an answer is under way. */
  readonly silence: number
}

export interface ServerOptions {
  readonly node: ComityNode
  readonly vault: Vault
  /** Sealed messages; the caller starts and stops its loops. One without loops where nothing is given. */
  readonly inbox?: Inbox
  /** Tells parties what concerns them; the caller starts and stops it. One that brings nothing where nothing is given. */
  readonly telling?: Telling
  /** The CSAF trees of the parties here; the caller wakes and closes it. None are served where nothing is given. */
  readonly csaf?: CsafProvider
  /** Documents that the keeper has the node follow; the caller starts and closes it. */
  readonly sources?: Sources
  readonly log?: ServerLog
  /** PEM; without it the server speaks plain HTTP, for a machine of one's own or behind a proxy. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
  /** Marks the register as a sample with fictitious parties. */
  readonly sample?: boolean
  /** Where the world reaches the node, such as `https://log.example.org`. Addresses in answers are relative without it. */
  readonly publicUrl?: string
  /** Makes a consistent, verified copy of the data folder. */
  readonly backup?: NonNullable<HttpContext['backup']>
  readonly timeouts?: Partial<Timeouts>
  /** How much one address may post without a token, where the policy lets it post at all. Reading has no such limit. */
  readonly postRate?: PostRate
  /** How often other nodes may ask for cosignatures; undefined for a limit that is not wanted. */
  readonly inboundRates?: Partial<Rates<InboundName>>
  /**
   * The proxies whose word on a client's address counts (`X-Forwarded-For`): addresses and networks, separated by
   * commas. Those on the same machine where nothing is said.
   */
  readonly trustedProxies?: string
}

/** 256 MiB at 2 Mbit/s take 18 minutes. */
const defaultTimeouts: Timeouts = { headers: 10, body: 20, request: 1200, silence: 60 }

/** Node looks for late requests this often, in milliseconds. */
const lateCheck = 1000

/** JSON bodies: tokens and backups. SBOMs and statements have limits of their own. */
const jsonBytes = 64 * 1024

/**
 * The HTTP side of a node. The caller starts it with `listen` and ends it with `close`; the node and the vault stay the
 * caller's.
 */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { node, vault } = options
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const policy = new PolicyInForce(node)
  const bodies = new Bodies(timeouts.body)
  const context: HttpContext = {
    node,
    vault,
    inbox: options.inbox ?? new Inbox({ node, vault }),
    telling: options.telling ?? new Telling({ vault, now: node.now }),
    csaf: options.csaf,
    sources: options.sources,
    policy,
    bodies,
    addresses: new AddressLimit(options.postRate ?? defaultPostRate),
    limits: inboundLimits(node.now, options.inboundRates),
    gate: new Gate(),
    sample: options.sample ?? false,
    publicUrl: options.publicUrl?.replace(/\/$/, '') ?? '',
    backup: options.backup,
  }
  const app = newApp(options, timeouts)
  app.setValidatorCompiler(await requestValidators())
  const stopListening = node.onBatch(() => policy.refresh())
  app.addHook('onClose', async () => {
    stopListening()
    bodies.close()
  })
  app.addHook('onListen', async () => giveBackStartMemory())
  letOthersRead(app)
  compressAnswers(app)
  answerErrors(app, options.log)
  await documentApi(app, context.publicUrl)
  await addRoutes(app, context)
  return app
}

function newApp({ tls, trustedProxies = 'loopback' }: ServerOptions, timeouts: Timeouts): FastifyInstance {
  const settings: FastifyServerOptions<Server> = {
    // Fastify's own logging makes an object for each request; errors are reported where they are answered.
    logger: false,
    bodyLimit: jsonBytes,
    trustProxy: trustedProxies,
    connectionTimeout: timeouts.silence * 1000,
    requestTimeout: timeouts.request * 1000,
    clientErrorHandler: answerConnectionError,
    // An advisory's URN has up to 500 characters, three times that percent-encoded.
    routerOptions: { maxParamLength: 2000 },
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }
  const connections = { connectionsCheckingInterval: lateCheck, headersTimeout: timeouts.headers * 1000 }
  const app: FastifyInstance =
    tls === undefined
      ? fastify({ ...settings, http: connections })
      : // An https server is an http server to everything that is done with it here.
        (fastify({ ...settings, https: { ...tls, ...connections } } as never) as unknown as FastifyInstance)
  // Answers are built by hand from rows; their schemas are for the documentation, the client and the tests.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  return app
}

/**
 * Gives back what the start took. A third of the heap is garbage by then, and V8 would keep its pages for a growth that a
 * node which mostly waits does not see: 24 MB of 162. Nothing happens where Node runs without `--expose-gc`, which the
 * launcher sets.
 */
function giveBackStartMemory(): void {
  void globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** What is public may be read by pages of any origin, a verifier of somebody else's among them. There are no cookies. */
function letOthersRead(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') reply.header('access-control-allow-origin', '*')
    done()
  })
}

/** Whose addresses and errors may say what is sealed. */
const sealedRoutes = [
  '/api/v1/vault',
  '/api/v1/inbox',
  '/api/v1/reports',
  '/api/v1/submissions',
  '/inbox',
  '/links',
  '/feeds',
]

function answerErrors(app: FastifyInstance, log: ServerLog | undefined): void {
  app.addHook('onError', async (request, _reply, error) => {
    const { problem } = failureOf(error)
    // A peer that does not answer is no error inside this node.
    if (problem.status < 500 || log === undefined || error instanceof FederationError) return
    const route = request.routeOptions.url ?? 'unknown'
    // Names of inventories stand in addresses, and what an unforeseen error says of a vault may be sealed.
    const sealed =
      sealedRoutes.some((path) => route.startsWith(path)) ||
      // With a token, cases are those of a vault too.
      (route.startsWith('/api/v1/cases') && request.headers.authorization !== undefined)
    log.error({ route, code: problem.code, ...(sealed ? { error: error.name } : { err: error }) }, 'a request failed')
  })
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, failureOf(error)))
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(
      reply,
      failureOf(new RequestError('not-found', 'nothing is served at this address by this method; /docs lists what is')),
    ),
  )
}

async function addRoutes(app: FastifyInstance, context: HttpContext): Promise<void> {
  const may = authorisation(context)
  await app.register(async (scope) => scittRoutes(scope, context, may))
  await app.register(async (scope) => documentRoutes(scope, context, may))
  logRoutes(app, context)
  mirrorRoutes(app, context)
  await app.register(async (scope) => witnessRoutes(scope, context))
  await app.register(async (scope) => inboxRoutes(scope, context))
  await app.register(async (scope) => linkRoutes(scope, context))
  healthRoutes(app, context)
  securityTxtRoutes(app, context)
  csafRoutes(app, context)
  csafMirrorRoutes(app, context)
  homeRoutes(app, context)
  feedRoutes(app, context)
  await app.register(
    async (scope) => {
      statusRoutes(scope, context)
      textRoutes(scope)
      oscalRoutes(scope, context)
      resourceRoutes(scope)
      procedureRoutes(scope)
      caseRoutes(scope, context, may)
      await scope.register(async (own) => ownCaseRoutes(own, context, may))
      await scope.register(async (own) => submissionRoutes(own, context, may))
      reportRoutes(scope, context, may)
      depositaryRoutes(scope, context)
      partyRoutes(scope, context)
      findingsRoutes(scope, context)
      productRoutes(scope, context)
      releaseRoutes(scope, context)
      csafProblemRoutes(scope, context)
      statementRoutes(scope, context, may)
      confirmationRoutes(scope, context)
      changeRoutes(scope, context)
      peerRoutes(scope, context, may)
      await scope.register(async (admin) => adminRoutes(admin, context, may))
      await scope.register(async (admin) => csafKeyRoutes(admin, context, may))
      await scope.register(async (admin) => sourceRoutes(admin, context, may))
      await scope.register(async (own) => vaultRoutes(own, context, may))
      await scope.register(async (own) => supplierRoutes(own, context, may))
      await scope.register(async (own) => tellingRoutes(own, context, may))
      await scope.register(async (own) => advisoryStatusRoutes(own, context, may))
      await scope.register(async (own) => ownInboxRoutes(own, context, may))
    },
    { prefix: '/api/v1' },
  )
}
