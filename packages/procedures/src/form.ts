/** Forms of moves, made from the schemas of their bodies: for a page, for a command line, for whoever fills one in. */
import { provisionIds } from '@comity/instruments'
import { fields } from '@comity/statement'
import type { TObject } from 'typebox'

/** What goes into a field, in the sense of whoever fills it in. `json`: several forms are possible, so write it as it is. */
export type FormInput =
  | 'text'
  | 'long-text'
  | 'number'
  | 'date'
  | 'moment'
  | 'choice'
  | 'yes-no'
  | 'party'
  | 'statement'
  | 'digest'
  | 'documents'
  | 'json'

/** One field of a form. */
export interface FormField {
  /** Member of the body; with dots where it lies in another: `basis.article`. */
  readonly name: string
  /** For people. */
  readonly label: string
  readonly input: FormInput
  /** Whether the move is refused without it. One within a member that may be absent is asked for only with that. */
  readonly required: boolean
  /** Where it takes several values. */
  readonly many?: { readonly least: number; readonly most?: number }
  /** What may stand there, where that is a closed list. */
  readonly options?: readonly string[]
  readonly maxLength?: number
}

/** As much of JSON Schema as bodies of moves use. */
interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly description?: string
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxLength?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** Longer texts are written in a box, not in a line. */
const lineLength = 400

/** The fields of a move's body, in the order of its schema. */
export function formOf(body: TObject): readonly FormField[] {
  // Safe: a TypeBox schema is a JSON Schema, of which these are members.
  return fieldsIn(body as Schema, '', true)
}

function fieldsIn({ properties = {}, required = [] }: Schema, path: string, isAsked: boolean): readonly FormField[] {
  return Object.entries(properties).flatMap(([member, schema]) => {
    const name = path === '' ? member : `${path}.${member}`
    const isRequired = isAsked && required.includes(member)
    if (schema.type === 'object' && schema.properties !== undefined) return fieldsIn(schema, name, isRequired)
    return [fieldOf(name, member, schema, isRequired)]
  })
}

function fieldOf(name: string, member: string, schema: Schema, required: boolean): FormField {
  const { minItems = 0, maxItems, description } = schema
  const isMany = schema.type === 'array'
  const one = isMany ? (schema.items ?? {}) : schema
  const { input, options } = isDocuments(schema) ? { input: 'documents' as const } : inputOf(one)
  return {
    name,
    label: description ?? wordsOf(member),
    input,
    required,
    ...(isMany ? { many: { least: minItems, ...(maxItems === undefined ? {} : { most: maxItems }) } } : {}),
    ...(options === undefined ? {} : { options }),
    ...(one.maxLength === undefined ? {} : { maxLength: one.maxLength }),
  }
}

/** A list of documents is known by its items, wherever it stands. */
function isDocuments({ items }: Schema): boolean {
  return items?.properties !== undefined && Object.keys(items.properties).join() === 'digest,size,type'
}

/** Safe: a TypeBox schema is a JSON Schema, of which these are members. */
const { date, digest, party, provision, seconds, statementId } = fields as Readonly<
  Record<string, unknown>
> as Readonly<Record<'date' | 'digest' | 'party' | 'provision' | 'seconds' | 'statementId', Schema>>

const byPattern: ReadonlyMap<string | undefined, FormInput> = new Map<string | undefined, FormInput>([
  [party.pattern, 'party'],
  [statementId.pattern, 'statement'],
  [digest.pattern, 'digest'],
  [date.pattern, 'date'],
])

function inputOf(schema: Schema): { readonly input: FormInput; readonly options?: readonly string[] } {
  const { type, enum: words, pattern, description, maxLength = 0 } = schema
  if (words !== undefined) return { input: 'choice', options: words.map(String) }
  if (pattern === provision.pattern) return { input: 'choice', options: provisionIds }
  if (type === 'boolean') return { input: 'yes-no' }
  if (type === 'integer' || type === 'number')
    return { input: description === seconds.description ? 'moment' : 'number' }
  if (type !== 'string') return { input: 'json' }
  return { input: byPattern.get(pattern) ?? (maxLength > lineLength ? 'long-text' : 'text') }
}

/** `publicInterest` as people say it: `Public interest`. */
function wordsOf(member: string): string {
  const words = member.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('-', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
