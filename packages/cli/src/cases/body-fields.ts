/** The fields of a move's body as people fill them in, read off its JSON Schema. */
import { fields as shared } from '@comity/statement'
import type { ProcedureMove } from './procedure-desk.ts'

/** As much of a JSON Schema as the bodies of moves use. */
export interface FieldSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly description?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: FieldSchema
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly FieldSchema[]
}

/** What goes into a field, in the sense of whoever types it. */
export type FieldSort =
  | 'word'
  | 'party'
  | 'digest'
  | 'statement'
  | 'date'
  | 'seconds'
  | 'number'
  | 'yes-no'
  | 'text'
  | 'json'

/** One place of a body that takes a value, or several. */
export interface BodyField {
  /** `what.clock` where it lies in another. */
  readonly name: string
  readonly sort: FieldSort
  readonly isRequired: boolean
  readonly isList: boolean
  /** Of a list. */
  readonly most?: number
  /** What may stand there, where that is a closed list. */
  readonly words?: readonly string[]
  /** Characters, of a text. */
  readonly longest?: number
  readonly description?: string
  /** The digest of a document that has to come with the move. */
  readonly isBrought?: true
}

/** What a procedure's move takes, without `documents`, which files are for. */
export function fieldsOf({ body, definition }: Pick<ProcedureMove, 'body' | 'definition'>): readonly BodyField[] {
  const brings = definition?.brings ?? []
  return under(body, '', true)
    .filter(({ name }) => !name.startsWith('documents'))
    .map((field) => (brings.includes(field.name) ? { ...field, isBrought: true } : field))
}

/** Whether the body lists documents of its own. */
export function takesDocuments({ body }: Pick<ProcedureMove, 'body'>): boolean {
  return body.properties?.['documents'] !== undefined
}

function under(schema: FieldSchema, path: string, isRequired: boolean): BodyField[] {
  const branches = schema.anyOf ?? [schema]
  const names = [...new Set(branches.flatMap(({ properties = {} }) => Object.keys(properties)))]
  return names.flatMap((name) => {
    const having = branches.filter(({ properties = {} }) => Object.hasOwn(properties, name))
    const isNeeded = isRequired && having.every(({ required = [] }) => required.includes(name))
    const isAlways = isNeeded && having.length === branches.length
    return fieldOf(
      having.flatMap(({ properties = {} }) => properties[name] ?? []),
      path === '' ? name : `${path}.${name}`,
      isAlways,
    )
  })
}

/** The same field as each branch of a choice has it. */
function fieldOf(schemas: readonly FieldSchema[], name: string, isRequired: boolean): readonly BodyField[] {
  const [first] = schemas
  if (first === undefined) return []
  if (first.type === 'object' || first.anyOf !== undefined) return under(first, name, isRequired)
  const isList = first.type === 'array'
  const item = isList ? (first.items ?? {}) : first
  const words = wordsOf(isList ? [item] : schemas)
  const description = first.description ?? item.description
  return [
    {
      name,
      isRequired,
      isList,
      sort: words === undefined ? sortOf(item) : 'word',
      ...(words === undefined ? {} : { words }),
      ...(isList && first.maxItems !== undefined ? { most: first.maxItems } : {}),
      ...(item.maxLength === undefined ? {} : { longest: item.maxLength }),
      ...(description === undefined ? {} : { description }),
    },
  ]
}

function wordsOf(schemas: readonly FieldSchema[]): readonly string[] | undefined {
  const words = schemas.flatMap((each) => each.enum ?? (each.const === undefined ? [] : [each.const])).map(String)
  return words.length === 0 ? undefined : words
}

/** Fields that several kinds share are known by their patterns: they say what a value is, beyond being text. */
const byPattern: ReadonlyMap<string | undefined, FieldSort> = new Map([
  [asSchema(shared.party).pattern, 'party'],
  [asSchema(shared.digest).pattern, 'digest'],
  [asSchema(shared.statementId).pattern, 'statement'],
  [asSchema(shared.date).pattern, 'date'],
])

function asSchema(schema: object): FieldSchema {
  return schema // a TypeBox schema is a JSON Schema
}

function sortOf({ type, pattern, description }: FieldSchema): FieldSort {
  if (type === 'object') return 'json'
  if (type === 'boolean') return 'yes-no'
  if (type === 'integer' || type === 'number') {
    return description === asSchema(shared.seconds).description ? 'seconds' : 'number'
  }
  return (pattern === undefined ? undefined : byPattern.get(pattern)) ?? 'text'
}

const inWords: Readonly<Record<FieldSort, string>> = {
  word: '',
  party: 'a party: alias, name, URN or its 64 digits',
  digest: 'a document: @FILE, or its digest sha256:…',
  statement: 'a statement: its id, or how that begins',
  date: 'a time: 2026-11-21 or 2026-11-21T12:00:00Z',
  seconds: 'a time: 2026-11-21 or 2026-11-21T12:00:00Z',
  number: 'a number',
  'yes-no': 'yes or no',
  text: 'text, or @FILE',
  json: 'a JSON object; longer ones go with --body',
}

/** What goes there, for people. */
export function fieldText({ sort, words, isList, most, longest, description, isBrought }: BodyField): string {
  const what =
    isBrought === true
      ? 'a document: @FILE, which then comes with the move'
      : words === undefined
        ? inWords[sort]
        : words.join(' | ')
  const size = sort === 'text' && longest !== undefined ? `, up to ${longest} characters` : ''
  const many = isList ? `; give it once for each${most === undefined ? '' : `, at most ${most}`}` : ''
  // The sorts say themselves what the shared descriptions would say again.
  const isOwn = sort === 'text' || sort === 'word' || sort === 'number'
  return [`${what}${size}${many}`, ...(isOwn && description !== undefined ? [description] : [])].join('\n')
}
