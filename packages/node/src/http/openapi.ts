import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import manifest from '../../package.json' with { type: 'json' }
import { moveSchemas } from './move-schemas.ts'

const documentPath = '/api/v1/openapi.json'

/** The viewer is a script of our own server; it styles its elements inline and draws its icons as data. */
const viewerPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The name, in the place of a logo. */
const mark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" width="120" height="40"><text x="4" y="28" font-family="system-ui,sans-serif" font-size="26" font-weight="600" fill="#fff">Comity</text></svg>'

const tags = [
  { name: 'SCITT', description: 'Registration and receipts as any SCITT client knows them (SCRAPI)' },
  { name: 'Log', description: 'The transparency log as tiles (C2SP tlog-tiles)' },
  { name: 'Documents', description: 'What statements cite by digest' },
  { name: 'Statements', description: 'What stands in the log, decoded' },
  { name: 'Parties', description: 'Who signs' },
  { name: 'Findings', description: 'What is on record, and why' },
  { name: 'Products and advisories', description: 'Products, releases, advisories, acknowledgements' },
  { name: 'Cases', description: 'Procedures, and what was done in each case of them' },
  { name: 'Texts', description: 'The Code and the Initiative' },
  { name: 'Resources', description: 'Internet numbers and access, by country and person' },
  { name: 'Reports', description: 'What laws demand to be reported, until when, and drafts of it' },
  { name: 'OSCAL', description: 'Texts, adherence and findings in the form of OSCAL 1.2' },
  { name: 'Vault', description: "A hosted party's own partition: inventories and what concerns them" },
  { name: 'Inbox', description: 'Sealed messages: between nodes, and for the parties they host' },
  { name: 'Submissions', description: 'Statements that a hosted party signed beforehand, for their minute' },
  { name: 'Sources', description: 'CSAF providers, feeds and folders that the keeper has the node follow' },
  { name: 'Mirrors', description: 'Verified copies of the logs of peers' },
  { name: 'Witness', description: 'Cosignatures of checkpoints (C2SP tlog-witness)' },
  { name: 'Peers', description: 'Other nodes, and how they are doing' },
  { name: 'Administration', description: 'For the keeper' },
  { name: 'Operation', description: 'For whoever runs the node' },
]

/** Registers OpenAPI 3.1, made from the schemas of the routes. To be called before any route. */
export async function documentApi(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Comity node',
        version: manifest.version,
        description:
          'Reading is public. Filing takes a token unless the policy of the log is open; a token authorises filing, never authorship. Errors are problem details with a stable `code`.',
        license: { name: 'Apache-2.0' },
      },
      ...(publicUrl === '' ? {} : { servers: [{ url: publicUrl }] }),
      tags,
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'comity_…' } },
        schemas: moveSchemas(),
      },
    },
    transform: ({ schema, url, route }) => {
      const { documentedBody, documentedPath } = route.config ?? {}
      const content = Object.entries(documentedBody ?? {}).map(([type, each]) => [type, { schema: each }])
      return {
        schema: {
          ...schema,
          ...(documentedBody === undefined ? {} : { body: { content: Object.fromEntries(content) } }),
          ...(documentedPath === undefined ? {} : { params: documentedPath.params }),
        },
        url: documentedPath?.url ?? url,
      }
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: viewerPolicy,
    theme: { title: 'Comity API' },
    // The viewer's own mark would say that this is somebody else's page.
    logo: { type: 'image/svg+xml', content: Buffer.from(mark), href: '/' },
    // The viewer fixes `url` to a copy of its own, and passes that over where it is given a list.
    uiConfig: { urls: [{ url: documentPath, name: documentPath }], docExpansion: 'none', tryItOutEnabled: false },
  })
  app.get(documentPath, { schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send(app.swagger()),
  )
}
