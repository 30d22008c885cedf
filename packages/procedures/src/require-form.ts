/** What a move has to be whatever its case: of the right kind, with a body that fits, with the documents it names. */
import { Compile, type Validator } from 'typebox/compile'
import type { TObject } from 'typebox'
import type { Move } from './case.ts'
import { commonBodies, isCommonMove } from './common-moves.ts'
import { type MoveDefinition, moveOf, type Procedure } from './definition.ts'
import { ProcedureError } from './procedure-error.ts'

/**
 * Holds a move against what its procedure says of it whatever the case: that there is such a move, the kind of its
 * statement, its body, and what the procedure refuses in every move, the documents that the statement brings included.
 *
 * Throws ProcedureError `unknown-move`, `wrong-kind`, `bad-body`, `guarded`.
 */
export function requireForm(
  procedure: Procedure,
  move: Pick<Move, 'name' | 'kind' | 'body' | 'hidden'> & { readonly documents?: readonly unknown[] | undefined },
): void {
  const definition = isCommonMove(move.name) ? undefined : moveOf(procedure, move.name)
  requireKind(definition, move)
  requireBody(seenOf(definition?.body ?? commonBody(move.name), move.hidden), move)
  const { refuses } = procedure
  if (refuses === undefined) return
  const brings = [move.documents, move.body['documents']].some((each) => Array.isArray(each) && each.length > 0)
  const found = refuses.find(move.body) ?? (refuses.documents && brings ? 'it brings documents' : undefined)
  if (found !== undefined) throw new ProcedureError('guarded', `${move.name}: ${found}: ${refuses.says}`)
}

/**
 * Holds the digests in a move that are those of documents against the documents that its statement brings, in its own list
 * or in that of its body.
 *
 * Throws ProcedureError `unknown-move`, `bad-body`.
 */
export function requireBrought(
  procedure: Procedure,
  { name, body, documents = [] }: Pick<Move, 'name' | 'body'> & { readonly documents?: readonly Brought[] | undefined },
): void {
  if (isCommonMove(name)) return
  // Safe: the body was read against its schema, in which a list of that name is one of documents.
  const own = (body['documents'] ?? []) as readonly Brought[]
  const listed = new Set([...documents, ...own].map(({ digest }) => digest))
  for (const field of moveOf(procedure, name).brings ?? []) {
    const digest = body[field]
    if (typeof digest !== 'string' || listed.has(digest)) continue
    throw new ProcedureError(
      'bad-body',
      `${name}: /${field} is the digest of a document, ${digest}, that the statement does not bring: store it, and list it among documents with its digest, size and type`,
      { pointer: `/${field}` },
    )
  }
}

interface Brought {
  readonly digest: string
}

function commonBody(name: string): TObject {
  if (!isCommonMove(name)) throw new ProcedureError('unknown-move', `no procedure has a move "${name}"`)
  return commonBodies[name]
}

/** A move that a statement of a kind of its own makes is made by that alone, and such a statement makes no other. */
function requireKind(
  definition: MoveDefinition | undefined,
  { name, kind = 'move' }: Pick<Move, 'name' | 'kind'>,
): void {
  const kinds = definition?.kinds ?? ['move']
  if (kinds.includes(kind)) return
  throw new ProcedureError('wrong-kind', `${name} is made by a statement of kind ${kinds.join(' or ')}, not ${kind}`)
}

/** The schema of what is left of a body where fields of it are not seen. */
function seenOf(schema: TObject, hidden: readonly string[] = []): TObject {
  if (hidden.length === 0) return schema
  // A schema all of whose fields are optional has no such list, whatever its type says.
  const all: readonly string[] | undefined = schema.required
  const required = (all ?? []).filter((field) => !hidden.includes(field))
  // Safe: names of its own properties, fewer of them.
  return { ...schema, required: required as typeof schema.required }
}

const validators = new WeakMap<TObject, Validator>()

function requireBody(schema: TObject, { name, body }: Pick<Move, 'name' | 'body'>): void {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  if (validator.Check(body)) return
  const [error] = validator.Errors(body)
  const pointer = error?.instancePath.slice(0, 300)
  const where = pointer === undefined || pointer === '' ? 'the body' : pointer
  throw new ProcedureError('bad-body', `${name}: ${where} ${error?.message ?? 'does not fit the schema'}`, { pointer })
}
