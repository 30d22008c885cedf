import { mediaType, problemSchema } from '@comity/contract'
import { type TSchema, Type } from 'typebox'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request body for the documentation alone, by media type: Fastify hands its bytes on unread. */
    documentedBody?: Readonly<Record<string, TSchema>>
  }
}

export const binary = Type.String({ format: 'binary' })

/** Errors of every route, in the documentation. */
export const problems = {
  '4xx': {
    description: 'what was wrong with the request, by its `code`',
    content: { [mediaType.problem]: { schema: problemSchema } },
  },
}

/** A JSON answer together with the errors. */
export function answers(schema: TSchema, description: string, status = 200) {
  return { [status]: { description, content: { [mediaType.json]: { schema } } }, ...problems }
}

/** An answer of bytes or text together with the errors. */
export function answersBytes(type: string, description: string, status = 200) {
  return { [status]: { description, content: { [type]: { schema: binary } } }, ...problems }
}

export function answersNothing(description: string) {
  return { 204: { description, type: 'null' as const }, ...problems }
}
