import { Compile, type Validator } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { FOREIGN, HASH_ENVELOPE } from './content-type.ts'
import { parseIJson } from './i-json.ts'
import type { Kind } from './kinds/kind.ts'
import { type CorePayloads, coreRegistry, type KindRegistry } from './kinds/registry.ts'
import type { Statement } from './statement.ts'
import { StatementError } from './statement-error.ts'

/** Compiled on first use: a page that verifies one statement needs one of them. */
const validators = new WeakMap<Kind, Validator>()

/**
 * The payload of a statement: I-JSON that fits the schema of its kind, under a subject of the
 * kind's form.
 *
 * Throws StatementError `unknown-kind`, `bad-subject`, `not-i-json` or `schema-violation`; the
 * latter two with a JSON pointer.
 */
export function readPayload(statement: Statement, registry: KindRegistry = coreRegistry): unknown {
  const kind = registry.get(statement.kind)
  if (kind === undefined) throw unknownKind(statement.kind)
  const wrong = kind.sub.check(statement.sub, statement)
  if (wrong !== undefined) {
    throw new StatementError(
      'bad-subject',
      `sub of a statement of kind ${kind.name} ${wrong}; it is ${JSON.stringify(statement.sub.slice(0, 200))}`,
    )
  }
  const payload = parseIJson(statement.payload)
  checkPayload(kind, payload, statement, registry)
  return payload
}

/** `readPayload` with the type of a core kind. Throws `unknown-kind` when the statement is of another kind. */
export function readPayloadAs<K extends keyof CorePayloads>(statement: Statement, kind: K): CorePayloads[K] {
  if (statement.kind !== kind) {
    throw new StatementError(
      'unknown-kind',
      `this is ${statement.kind === '' ? 'a foreign statement' : `of kind ${statement.kind}`}; one of kind ${kind} was expected`,
    )
  }
  // readPayload checked it against the schema whose static type CorePayloads names.
  return readPayload(statement) as CorePayloads[K]
}

/** Checks a parsed payload against its kind. Throws StatementError `schema-violation`. */
export function checkPayload(
  kind: Kind,
  payload: unknown,
  { iss, sub, iat }: Pick<Statement, 'iss' | 'sub' | 'iat'>,
  registry: KindRegistry = coreRegistry,
): void {
  let validator = validators.get(kind)
  if (validator === undefined) {
    validator = Compile(kind.schema)
    validators.set(kind, validator)
  }
  if (!validator.Check(payload)) throw violation(kind, validator.Errors(payload))
  const problem = kind.check?.(payload, { iss, sub, iat, kinds: registry })
  if (problem !== undefined) {
    throw new StatementError('schema-violation', `${kind.name}${problem.pointer}: ${problem.message}`, problem.pointer)
  }
}

/** Names the first member that is wrong, and every unknown or missing member by its name. */
function violation(kind: Kind, errors: readonly TLocalizedValidationError[]): StatementError {
  const error = errors.find(({ keyword }) => keyword !== 'boolean' && keyword !== 'anyOf') ?? errors[0]
  const pointer = error?.instancePath ?? ''
  let message = error?.message ?? 'does not fit the schema'
  if (error?.keyword === 'additionalProperties') {
    message = `has members that kind ${kind.name} does not know: ${error.params.additionalProperties.slice(0, 8).join(', ').slice(0, 200)}`
  }
  const where = pointer === '' ? 'payload' : pointer.slice(0, 300)
  return new StatementError('schema-violation', `${kind.name}: ${where} ${message}`, pointer)
}

function unknownKind(kind: string): StatementError {
  if (kind === HASH_ENVELOPE || kind === FOREIGN) {
    return new StatementError('unknown-kind', 'a foreign statement has no payload that could be read here')
  }
  return new StatementError('unknown-kind', `kind ${JSON.stringify(kind)} is not known to this version`)
}
