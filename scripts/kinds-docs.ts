/** Writes what `docs/kinds.md` says: one section for each core kind, from the registry. */
import { contentTypeOf, coreKinds, type Kind, MAX_LEAF_BYTES } from '@comity/statement'

/** The parts of JSON Schema that core kinds use. */
interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly description?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

interface Row {
  readonly member: string
  readonly form: string
  readonly required: boolean
  readonly meaning: string
}

/** The page, as Markdown. */
export function kindsDocument(): string {
  const index = coreKinds.map(
    (kind) => `| [\`${kind.name}\`](#${kind.name}) | ${kind.title} | ${kind.sub.form} | ${signersOf(kind)} |`,
  )
  return `${[
    '# Kinds of statements',
    'Made from the code by `npm run docs`; change `packages/statement/src/kinds/`, not this page. How a statement is ' +
      'encoded and signed is in [formats.md](formats.md).',
    `A payload is I-JSON of at most ${MAX_LEAF_BYTES.toLocaleString('en')} bytes with its envelope. Members that are not ` +
      'listed are refused, at any depth. Dates are RFC 3339 in UTC (`2026-11-21T00:00:00Z`); members named `at` and ' +
      '`since` are whole seconds since the epoch. What is too large, or free text that may have to be withheld one day, ' +
      'is a document: kept beside the log, named in `documents` by its SHA-256.',
    ['| kind | title | `sub` | signed by |', '| --- | --- | --- | --- |', ...index].join('\n'),
    ...coreKinds.map(section),
  ].join('\n\n')}\n`
}

function section(kind: Kind): string {
  const logged = kind.logged ? '' : ' It is returned to whoever filed, and never logged.'
  return [
    `## ${kind.name}`,
    `**${kind.title}.** ${kind.purpose}`,
    [
      `- Content type: \`${contentTypeOf(kind.name)}\``,
      `- \`sub\`: ${kind.sub.form}`,
      `- Signed by: ${signersOf(kind)}.${logged}`,
    ].join('\n'),
    fieldTable(kind.schema),
    'Example, under `sub` `' + kind.example.sub + '`:',
    `\`\`\`json\n${JSON.stringify(kind.example.payload, null, 2)}\n\`\`\``,
  ].join('\n\n')
}

function signersOf(kind: Kind): string {
  return `a key with role ${kind.roles.map((role) => `\`${role}\``).join(' or ')}`
}

function fieldTable(schema: Schema): string {
  const rows = rowsOf(schema, '')
  if (rows.length === 0) return 'The payload is the empty object.'
  const lines = rows.map(
    ({ member, form, required, meaning }) => `| \`${member}\` | ${form} | ${required ? 'yes' : ''} | ${meaning} |`,
  )
  return ['| member | form | required | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

/** One row a member, nested ones with their path: `keys[].roles`, `thresholds.*`. */
function rowsOf(schema: Schema, path: string): readonly Row[] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    rowOf(member, path === '' ? name : `${path}.${name}`, schema.required?.includes(name) ?? false),
  )
  const open = Object.values(schema.patternProperties ?? {}).flatMap((member) => rowOf(member, `${path}.*`, false))
  return [...named, ...open]
}

function rowOf(schema: Schema, member: string, required: boolean): readonly Row[] {
  const row = { member, form: cell(formOf(schema)), required, meaning: cell(schema.description ?? '') }
  const inner =
    schema.type === 'array' && schema.items !== undefined ? rowsOf(schema.items, `${member}[]`) : rowsOf(schema, member)
  return [row, ...inner]
}

function formOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.anyOf !== undefined)
    return isKey(schema) ? 'JWK: Ed25519 or P-256' : schema.anyOf.map(formOf).join(', or ')
  switch (schema.type) {
    case 'string':
      return stringForm(schema)
    case 'integer':
      return `integer${rangeOf(schema.minimum, schema.maximum)}`
    case 'boolean':
      return '`true` or `false`'
    case 'array':
      return `list of ${countOf(schema)}${schema.items === undefined ? '' : itemForm(schema.items)}`
    case 'null':
      return '`null`'
    default:
      return 'object'
  }
}

/** What an item is, said in the list's own row. */
function itemForm(items: Schema): string {
  if (items.type === 'object') return ' objects'
  return `: ${items.description ?? formOf(items)}`
}

function isKey(schema: Schema): boolean {
  return schema.anyOf?.some((option) => option.properties?.['kty'] !== undefined) ?? false
}

function stringForm({ pattern, minLength, maxLength }: Schema): string {
  if (pattern === undefined) return `text${rangeOf(minLength, maxLength)}`
  if (pattern.length > 60) return maxLength === undefined ? 'text' : `text, at most ${maxLength}`
  return `\`${pattern}\`${maxLength === undefined ? '' : `, at most ${maxLength}`}`
}

function countOf({ minItems = 0, maxItems }: Schema): string {
  return minItems === maxItems ? String(maxItems) : `${minItems}–${maxItems ?? ''}`
}

function rangeOf(least: number | undefined, most: number | undefined): string {
  if (most === Number.MAX_SAFE_INTEGER) return `, at least ${least ?? 0}`
  if (most === undefined) return ''
  return least === undefined ? `, at most ${most.toLocaleString('en')}` : `, ${least}–${most.toLocaleString('en')}`
}

/** Text that cannot end a table cell. */
function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}
