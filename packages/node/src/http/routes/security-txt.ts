import type { PartyState } from '@comity/statement'
import type { FastifyInstance } from 'fastify'
import { mediaType } from '@comity/contract'
import type { HttpContext } from '../context.ts'
import { answersBytes } from '../documented.ts'
import { RequestError } from '../request-error.ts'
import { addressOf } from './csaf.ts'

/** How long the file may be relied upon, in seconds; RFC 9116 §2.5.5 advises less than a year. */
const validSeconds = 90 * 24 * 3600

/** Offices to turn to with a vulnerability, best first. */
const offices = ['security', 'technical', 'general'] as const

/** `security.txt` (RFC 9116), from the offices that the keeper's own party statement names. */
export function securityTxtRoutes(app: FastifyInstance, { node, csaf, publicUrl }: HttpContext): void {
  app.get('/.well-known/security.txt', {
    schema: {
      operationId: 'securityTxt',
      tags: ['Operation'],
      summary: 'Whom to tell of a vulnerability',
      response: answersBytes(mediaType.text, 'security.txt (RFC 9116)'),
    },
    handler: async (_request, reply) => {
      const tree = csaf?.trees.of(node.keeper)
      const metadata = tree && addressOf(publicUrl, node.keeper, node.keeper)?.metadata
      const text = securityTxt(node.findParty(node.keeper)?.contacts ?? [], node.now(), publicUrl, metadata)
      if (text === undefined)
        throw new RequestError('not-found', "the keeper's party statement names no office to turn to")
      return reply.header('content-type', mediaType.text).header('cache-control', 'public, max-age=3600').send(text)
    },
  })
}

/**
 * The file, or undefined where no contact can be reached. `now` in whole seconds. `metadata`: address of the keeper's own
 * CSAF provider metadata (CSAF 2.0, requirement 8); those of parties hosted here belong into their own domains' files.
 */
export function securityTxt(
  contacts: PartyState['contacts'],
  now: number,
  publicUrl = '',
  metadata?: string,
): string | undefined {
  const usable = offices.flatMap((office) => contacts.filter((each) => each.function === office))
  const addresses = usable.flatMap(({ url, email, phone }) => [
    ...(url?.startsWith('https://') ? [url] : []),
    ...(email === undefined ? [] : [`mailto:${email}`]),
    ...(phone === undefined ? [] : [`tel:${phone.replace(/[^+0-9]/g, '')}`]),
  ])
  if (addresses.length === 0) return undefined
  const languages = [...new Set(usable.flatMap((each) => each.languages ?? []))]
  return [
    ...addresses.map((address) => `Contact: ${address}`),
    `Expires: ${new Date((now + validSeconds) * 1000).toISOString().replace('.000', '')}`,
    ...(languages.length === 0 ? [] : [`Preferred-Languages: ${languages.join(', ')}`]),
    ...(publicUrl === '' ? [] : [`Canonical: ${publicUrl}/.well-known/security.txt`]),
    ...(metadata === undefined ? [] : [`CSAF: ${metadata}`]),
    '',
  ].join('\n')
}
