import type { Static, TSchema } from 'typebox'
import type { Statement } from '../statement.ts'

/**
 * What a key may do. `sign` covers all kinds but those: `approval` takes `approve`; `time`, `refusal`,
 * `commitment`, `delivery`, `order` and `record` take `receipt`, because they are the node's own. `seal`, `log` and
 * `witness` sign no statements at all.
 */
export const roles = ['sign', 'approve', 'seal', 'log', 'receipt', 'witness'] as const
export type Role = (typeof roles)[number]

/** What is wrong with a payload that its schema could not say. */
export interface PayloadProblem {
  /** JSON pointer into the payload. */
  readonly pointer: string
  readonly message: string
}

/** How `sub` is formed for a kind. */
export interface SubjectForm {
  /** For people, such as `urn:comity:product:<own party>:<slug>`. */
  readonly form: string
  /** What is wrong with this statement's `sub`, or undefined. */
  check(sub: string, statement: SubjectContext): string | undefined
}

/** The part of a statement that its subject may depend on. */
export type SubjectContext = Pick<Statement, 'iss' | 'id'>

/** One kind of statement: everything the machine and the documentation know about it. */
export interface Kind {
  /** As in the content type: `application/vnd.comity.NAME.v1+json`. */
  readonly name: string
  readonly title: string
  readonly purpose: string
  /** JSON Schema of the payload (TypeBox). */
  readonly schema: TSchema
  readonly sub: SubjectForm
  /** Roles that may sign it. */
  readonly roles: readonly Role[]
  /** A valid subject and payload, shown in the documentation and used by tests. */
  readonly example: { readonly sub: string; readonly payload: unknown }
  /** False for what is signed and returned but never appended. */
  readonly logged: boolean
  /** What the schema cannot say; runs only on payloads that the schema accepted. */
  check?(payload: unknown, statement: CheckedStatement): PayloadProblem | undefined
}

/** What a check may know beside the payload: nothing but the statement itself and which kinds there are. */
export interface CheckedStatement extends Pick<Statement, 'iss' | 'sub' | 'iat'> {
  /** The kinds that the reader knows, by name. */
  readonly kinds: ReadonlyMap<string, Kind>
}

/** A kind as its own file writes it: example and check have the payload's type. */
export interface KindDefinition<S extends TSchema> extends Omit<
  Kind,
  'schema' | 'example' | 'check' | 'roles' | 'logged'
> {
  readonly schema: S
  readonly example: { readonly sub: string; readonly payload: Static<S> }
  readonly roles?: readonly Role[]
  readonly logged?: boolean
  check?(payload: Static<S>, statement: CheckedStatement): PayloadProblem | undefined
}

/** Makes a `Kind`; signed by role `sign` and logged unless it says otherwise. */
export function defineKind<const S extends TSchema>(definition: KindDefinition<S>): Kind {
  const { check, ...rest } = definition
  const kind: Kind = { roles: ['sign'], logged: true, ...rest }
  if (check === undefined) return kind
  // The registry runs `check` only after `schema` accepted the payload, so it has the schema's type.
  return { ...kind, check: (payload, statement) => check(payload as Static<S>, statement) }
}
