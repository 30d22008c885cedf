import type { FastifyInstance, FastifyReply } from 'fastify'
import { readFileSync } from 'node:fs'
import { matches, revalidate } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { homePage } from '../pages/home-page.ts'
import { listFindings } from '../queries/findings.ts'
import { listParties, reservationsNow } from '../queries/parties.ts'
import { newestStatements } from '../queries/statements.ts'
import { peerSummaries } from './peers.ts'
import { statusOf } from './status.ts'

/** Nothing but our own style sheet: a statement's text can do nothing on this page but be read. */
export const pagePolicy =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const statementsShown = 15
const partiesShown = 50
const findingsShown = 20

/** How long a rendered page is served again, in milliseconds: a crowd costs one rendering a second. */
const keptFor = 1000

/** The plain page for people. */
export function homeRoutes(app: FastifyInstance, context: HttpContext): void {
  const { node } = context
  const style = readFileSync(new URL('../pages/page.css', import.meta.url))
  let kept: { readonly text: string; readonly size: number; readonly madeAt: number } | undefined

  app.get('/', { schema: { hide: true } }, async (_request, reply) => {
    const now = performance.now()
    if (kept === undefined || now - kept.madeAt > keptFor || kept.size !== node.head.size) {
      kept = { text: render(), size: node.head.size, madeAt: now }
    }
    return asPage(reply).header('cache-control', 'no-cache').send(kept.text)
  })

  app.get('/assets/page.css', { schema: { hide: true } }, async (request, reply) => {
    const tag = `"${style.length}"`
    reply.header('etag', tag).header('cache-control', revalidate).header('x-content-type-options', 'nosniff')
    if (matches(request, tag)) return reply.code(304).send()
    return reply.header('content-type', 'text/css; charset=utf-8').send(style)
  })

  function render(): string {
    const parties = listParties(node.reader, { limit: partiesShown })
    const findings = listFindings(node.reader, { limit: findingsShown })
    return homePage({
      status: statusOf(context),
      statements: newestStatements(node, statementsShown),
      parties: parties.items,
      moreParties: parties.next !== undefined,
      findings: findings.items.map((each) => ({ ...each, reservations: reservationsNow(node.reader, each.party) })),
      moreFindings: findings.next !== undefined,
      peers: peerSummaries(node),
      now: node.now(),
    }).text
  }
}

function asPage(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', pagePolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin')
}
