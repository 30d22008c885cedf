import { AssessmentError } from '@comity/assessment'
import { isProblemCode, type Problem, type ProblemCode, problemKinds, problemOf } from '@comity/contract'
import { ExposureError } from '@comity/exposure'
import { ProcedureError } from '@comity/procedures'
import { StatementError } from '@comity/statement'
import { FederationError } from '../federation/federation-error.ts'
import { NodeError } from '../node-error.ts'
import { Refused } from '../pipeline/sequencer.ts'
import { RequestError } from './request-error.ts'

/** An error as it is answered. */
export interface Failure {
  readonly problem: Problem
  /** The keeper's signed refusal, COSE_Sign1. */
  readonly refusal?: Uint8Array
  /** Seconds. */
  readonly retryAfter?: number
  readonly closes: boolean
}

/** When to come back after a full queue: the queue empties within a second. */
const busySeconds = 1
/** When to come back to a node that takes nothing at the moment. */
const unavailableSeconds = 30

/** What is said about an error of the node's own: never more than this, whatever the cause. */
const ownFaults: Partial<Record<ProblemCode, string>> = {
  'storage-failed': 'the node cannot write to its storage and registers nothing until that is mended',
  'document-missing': 'a document that a finding rests on is missing on this node',
  closed: 'the node is shutting down',
  frozen: 'the node was restored and takes nothing before it knows that its log is the newest',
}

/** Turns whatever was thrown into an answer. Errors nobody foresaw become `internal-error` and say nothing. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) {
    const { reason, refusal } = error
    return { ...known(reason.code, reason.message, pointerOf(reason)), refusal }
  }
  if (error instanceof RequestError) {
    const { code, message, pointer, closes, retryAfter } = error
    return { ...known(code, message, pointer), closes, ...(retryAfter === undefined ? {} : { retryAfter }) }
  }
  if (error instanceof StatementError || error instanceof ExposureError || error instanceof NodeError) {
    return known(error.code, error.message, pointerOf(error))
  }
  if (error instanceof ProcedureError) return known(error.code, error.message, error.pointer)
  if (error instanceof FederationError) return ofFederation(error)
  if (error instanceof AssessmentError && isProblemCode(error.code)) return known(error.code, error.message)
  return fromFramework(error) ?? known('internal-error', '')
}

function known(code: ProblemCode, message: string, pointer?: string): Failure {
  const { status } = problemKinds[code]
  const detail = status >= 500 ? ownFaults[code] : message
  const wait = status === 429 ? busySeconds : status === 503 ? unavailableSeconds : undefined
  return {
    problem: problemOf(code, { detail, pointer }),
    closes: false,
    ...(wait === undefined ? {} : { retryAfter: wait }),
  }
}

/** What went wrong with another node: said as it is, for it is no fault inside this one and only keepers ask for it. */
function ofFederation({ code, message }: FederationError): Failure {
  const known = isProblemCode(code) ? code : 'peer-answers-otherwise'
  return { problem: problemOf(known, { detail: message }), closes: false }
}

function pointerOf(error: StatementError | ExposureError | NodeError): string | undefined {
  return 'pointer' in error ? error.pointer : undefined
}

/** What Fastify itself refuses, by its codes. */
function fromFramework(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if ('validation' in error && Array.isArray(error.validation)) return known('bad-request', violationOf(error))
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return known('wrong-content-type', 'this resource takes no body of that content type')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return known('body-too-large', 'the body is larger than this resource takes')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return known('body-truncated', 'the body has not the length that Content-Length says')
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return known('not-json', 'the body is not JSON')
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return known('bad-locator', 'the path is not one of this node')
    default:
      return undefined
  }
}

interface Violation {
  readonly instancePath?: string
  readonly message?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** Names the part of the request and the member that do not fit the schema. */
function violationOf(error: Error): string {
  // Fastify's type for what Ajv reports; an array, as the caller has seen.
  const { validation, validationContext } = error as Error & {
    validation: readonly Violation[]
    validationContext?: string
  }
  const first = validation[0]
  const where = `${validationContext ?? 'request'}${first?.instancePath ?? ''}`
  const extra = first?.params?.['additionalProperty']
  if (typeof extra === 'string') return `${where} has no member "${extra.slice(0, 80)}"`
  const allowed = first?.params?.['allowedValues']
  const values = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : ''
  return `${where} ${first?.message ?? 'does not fit'}${values}`
}
