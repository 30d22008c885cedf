import { mediaType, problemSchema } from '@comity/contract'
import { type TSchema, Type } from 'typebox'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request body for the documentation alone, by media type: Fastify hands its bytes on unread. */
    documentedBody?: Readonly<Record<string, TSchema>>
    /** Address and parameters for the documentation alone, where the route takes all that follows a prefix. */
    documentedPath?: { readonly url: string; readonly params: TSchema }
  }
}

/** Bytes of any form. */
export const binary = Type.String({ format: 'binary' })

const whatWasWrong = 'what was wrong with the request, by its `code`'

/** Errors of every route but those of SCITT, in the documentation. */
export const problems = {
  '4xx': { description: whatWasWrong, content: { [mediaType.problem]: { schema: problemSchema } } },
}

/** Errors as SCITT clients read them, or as JSON to those who ask for that. */
export const scittProblems = {
  '4xx': {
    description: whatWasWrong,
    content: { [mediaType.conciseProblem]: { schema: binary }, [mediaType.problem]: { schema: problemSchema } },
  },
}

/** A JSON answer together with the errors. */
export function answers(schema: TSchema, description: string, status = 200) {
  return { [status]: { description, content: { [mediaType.json]: { schema } } }, ...problems }
}

/** An answer of bytes or text together with the errors. */
export function answersBytes(type: string, description: string, status = 200) {
  return { ...bytes(type, description, status), ...problems }
}

/** An answer of bytes together with the errors that SCITT clients read. */
export function scittAnswers(type: string, description: string, status = 200) {
  return { ...bytes(type, description, status), ...scittProblems }
}

/** An answer without content together with the errors. */
export function answersNothing(description: string) {
  return { 204: { description, type: 'null' as const }, ...problems }
}

function bytes(type: string, description: string, status: number) {
  return { [status]: { description, content: { [type]: { schema: binary } } } }
}
