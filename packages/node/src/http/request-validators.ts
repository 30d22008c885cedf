/**
 * What requests are checked with. A schema is compiled when the first request comes that it is for, and once in a
 * process: left alone Fastify compiles all of them, a tenth of a second's work, whenever a server starts.
 */
import fastify, { type FastifySchemaCompiler } from 'fastify'

type Compiler = FastifySchemaCompiler<object>
type Validator = ReturnType<Compiler>

let compiler: Promise<Compiler> | undefined

/** By the text of the schema: another server has the same in other objects. */
const compiled = new Map<string, Validator>()

/** For schemas that refer to no other; names of headers in them have to be in lower case. */
export async function requestValidators(): Promise<Compiler> {
  compiler ??= fastifysOwn()
  const compile = await compiler
  return (definition) => {
    let validate: Validator | undefined
    return (value: unknown) => {
      validate ??= compiledOnce(compile, definition)
      const verdict = validate(value)
      // What is wrong stands beside the function, which others share.
      return verdict === false ? { error: validate.errors ?? [] } : verdict
    }
  }
}

/** Throws what is wrong with the schema. */
function compiledOnce(compile: Compiler, definition: Parameters<Compiler>[0]): Validator {
  const text = JSON.stringify(definition.schema)
  const known = compiled.get(text) ?? compile(definition)
  compiled.set(text, known)
  return known
}

/** A server that is ready tells its compiler, once it has had something to compile. */
async function fastifysOwn(): Promise<Compiler> {
  // A misspelt member is an error, not something to drop.
  const app = fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: true } } })
  app.get('/', { schema: { querystring: { type: 'object' } } }, async () => '')
  await app.ready()
  const own: unknown = app.validatorCompiler
  if (typeof own !== 'function') throw new TypeError('Fastify has no compiler for the schemas of requests')
  // Documented so: a function that makes a validator of `{ schema, method, url, httpPart }`.
  return own as Compiler
}
