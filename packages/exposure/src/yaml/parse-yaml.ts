/**
 * Parses one YAML 1.2 document (https://yaml.org/spec/1.2.2/) to what JSON would give, except that every
 * scalar stays a text as it is written: `1.10` is no number, `2024-01-02T03:04:05Z` no date and `no` no
 * "false". What is empty, `~` or `null` is null.
 *
 * YAML has more ways to be large than JSON. The pieces of the text are counted before anything is made of
 * them, nesting is measured without recursion, and what aliases would expand to is counted as if it were
 * written out.
 */
import { ExposureError } from '../exposure-error.ts'
import type { DocumentBounds } from '../json/parse-json.ts'

/** Pieces (indicators, scalars, white space, ends of lines) that are looked at. Every one takes some hundred octets. */
export const maxYamlPieces = 400_000

/**
 * The value of a document. `noun` is what the caller calls it. Throws `ExposureError`: `too-large`, `too-deep`,
 * `too-many`, `not-utf-8`, and `not-yaml` for what does not parse, has a key twice, tags, or several documents.
 */
export async function parseYaml(bytes: Uint8Array, bounds: DocumentBounds, noun: string): Promise<unknown> {
  if (bytes.length > bounds.bytes) throw new ExposureError('too-large', `${noun} may have ${bounds.bytes} octets`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ExposureError('not-utf-8', `${noun} is UTF-8, and this is not`)
  }
  const { Composer, isScalar, Lexer, LineCounter, Parser, visit } = await import('yaml')
  checkPieces(new Lexer().lex(text), bounds.depth)
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  checkDepth(tokens, bounds.depth)
  const composer = new Composer({ schema: 'failsafe', customTags: ['null'], lineCounter: lines, uniqueKeys: false })
  const [document, second] = composer.compose(tokens)
  if (document === undefined || second !== undefined) {
    throw new ExposureError(
      'not-yaml',
      `${noun} is one YAML document, and here are ${second === undefined ? 'none' : 'several'}`,
    )
  }
  // The parser's own message quotes the document, which may be nobody else's business.
  const fault = ({ line, col }: Position, reason: string): ExposureError =>
    new ExposureError('not-yaml', `${noun} is YAML, and at line ${line}, column ${col} it is not: ${reason}`)
  const [first] = [...document.errors, ...document.warnings]
  if (first !== undefined) throw fault(lines.linePos(first.pos[0]), said(first.code))
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined) {
        throw fault(lines.linePos(alias.range?.[0] ?? 0), 'an alias without its anchor')
      }
    },
    // By the library this takes the square of the number of keys.
    Map: (_, { items, range }) => {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) throw fault(lines.linePos(range?.[0] ?? 0), 'a key of this map is no text')
        if (seen.has(key.value)) throw fault(lines.linePos(key.range?.[0] ?? 0), 'a key stands there twice')
        seen.add(key.value)
      }
    },
  })
  const value: unknown = expanded(() => document.toJS({ maxAliasCount: maxAliases }), noun)
  checkValues(value, bounds)
  return value
}

interface Position {
  readonly line: number
  readonly col: number
}

/** Anchors and aliases, and how far aliases may multiply what they stand for. Each is looked for among all others. */
const maxAliases = 100

/** In words. */
function said(code: string): string {
  return code === 'TAG_RESOLVE_FAILED' ? 'a tag, which is not read' : code.toLowerCase().replaceAll('_', ' ')
}

/** What the lexer puts before the text of a scalar, which then is no indicator whatever it begins with. */
const scalarFollows = '\u001f'

/** Before a parser keeps them: how many there are, and how deep collections in brackets nest. */
function checkPieces(pieces: Iterable<string>, depth: number): void {
  let count = 0
  let open = 0
  let aliases = 0
  let isText = false
  for (const piece of pieces) {
    const isScalar = isText
    isText = piece === scalarFollows
    count += 1
    if (count > maxYamlPieces) {
      throw new ExposureError('too-many', `a YAML document may have ${maxYamlPieces} pieces`)
    }
    if (isScalar) continue
    if (piece.startsWith('&') || piece.startsWith('*')) aliases += 1
    if (aliases > maxAliases) throw new ExposureError('too-many', `at most ${maxAliases} anchors and aliases are read`)
    if (piece === '[' || piece === '{') open += 1
    else if (piece === ']' || piece === '}') open -= 1
    if (open > depth) throw new ExposureError('too-deep', `values may nest ${depth} levels`)
  }
}

/** Whatever has items or a value nests; the tokens of the parser are a tree that was built without recursion. */
function checkDepth(tokens: readonly object[], depth: number): void {
  const open: (readonly [token: object, level: number])[] = tokens.map((token) => [token, 0])
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [token, level] = at
    const deeper = 'items' in token && Array.isArray(token.items) ? level + 1 : level
    // Items are those of the document and of collections; the document itself is no level.
    if (deeper > depth) throw new ExposureError('too-deep', `values may nest ${depth} levels`)
    const items: readonly unknown[] = 'items' in token && Array.isArray(token.items) ? token.items : []
    for (const item of items) {
      if (!isToken(item)) continue
      if ('key' in item && isToken(item.key)) open.push([item.key, deeper])
      if ('value' in item && isToken(item.value)) open.push([item.value, deeper])
    }
    if (!('items' in token) && 'value' in token && isToken(token.value)) open.push([token.value, level])
  }
}

function isToken(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Runs what resolves aliases, which refuses to multiply them without end. */
function expanded(resolve: () => unknown, noun: string): unknown {
  try {
    return resolve()
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    throw new ExposureError('too-many', `${noun} has aliases that stand for too much`)
  }
}

/** Counts values as if aliases were written out. */
function checkValues(value: unknown, { depth, values }: DocumentBounds): void {
  const open: (readonly [value: unknown, level: number])[] = [[value, 0]]
  let count = 0
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [each, level] = at
    count += 1
    if (count > values) throw new ExposureError('too-many', `a document may have ${values} values in all`)
    if (!isToken(each)) continue
    if (level >= depth) throw new ExposureError('too-deep', `values may nest ${depth} levels`)
    for (const inner of Object.values(each)) open.push([inner, level + 1])
  }
}
