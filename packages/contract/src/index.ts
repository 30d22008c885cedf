/**
 * What nodes and their clients agree on: kinds of statements, schemas of the HTTP API, problem codes, and a client that
 * has them all. Runs in browsers. See README.md.
 */
export { kinds } from './kinds.ts'
export { mediaType } from './media-types.ts'
export { isProblemCode, type ProblemCode, type ProblemKind, problemKinds, type ScittTitle } from './problem-codes.ts'
export { codeOf, type Problem, type ProblemDetails, problemOf, problemSchema } from './problem.ts'
export { type ConciseProblem, decodeConciseProblem, encodeConciseProblem } from './concise-problem.ts'
export { joinCborSequence, maxSequenceItems, splitCborSequence } from './cbor-sequence.ts'
export * as api from './api/index.ts'
export type * from './api/index.ts'
export { type Client, createClient } from './client/client.ts'
export { eachItem } from './client/register-calls.ts'
export type { Filed, FiledInBatch } from './client/filing-calls.ts'
export { ClientError, type ClientErrorCode, type ClientOptions } from './client/transport.ts'
