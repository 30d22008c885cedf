import { type Static, Type } from 'typebox'
import { isProblemCode, type ProblemCode, problemKinds } from './problem-codes.ts'

const prefix = 'urn:comity:problem:'

/** An error as JSON (RFC 9457). `refusal` is the keeper's signed statement about it, COSE_Sign1 in base64url. */
export const problemSchema = Type.Object(
  {
    type: Type.String({ description: '`urn:comity:problem:` and the code' }),
    title: Type.String({ description: 'the same for every problem of this code' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String({ description: 'what was wrong with which input, and what would be right' })),
    code: Type.String({ description: 'stable code; clients branch on it' }),
    pointer: Type.Optional(Type.String({ description: 'where in the JSON, RFC 6901' })),
    refusal: Type.Optional(
      Type.String({ description: 'the signed refusal, a `refusal` statement in unpadded base64url' }),
    ),
  },
  { title: 'Problem', additionalProperties: false },
)

export type Problem = Static<typeof problemSchema>

export interface ProblemDetails {
  readonly detail?: string | undefined
  readonly pointer?: string | undefined
  /** Base64url, unpadded. */
  readonly refusal?: string | undefined
}

/** The problem document of a code. */
export function problemOf(code: ProblemCode, { detail, pointer, refusal }: ProblemDetails = {}): Problem {
  const { status, title } = problemKinds[code]
  return {
    type: prefix + code,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(pointer === undefined || pointer === '' ? {} : { pointer }),
    ...(refusal === undefined ? {} : { refusal }),
  }
}

/** The code of a problem document, or undefined where this version does not know it. */
export function codeOf(problem: Pick<Problem, 'code'>): ProblemCode | undefined {
  return isProblemCode(problem.code) ? problem.code : undefined
}
