/** The body of a move, from what somebody typed: `--set field=value`, `--body FILE`, `--document FILE`. */
import { eachItem, type Client } from '@comity/contract'
import { CliError } from '../cli-error.ts'
import { type Attachment, attachment, documentEntry } from '../filing.ts'
import { nameOf, rfc3339, secondsFrom } from '../names.ts'
import type { Session } from '../session.ts'
import { statementIdOf } from '../statement-id.ts'
import { type BodyField, fieldsOf, fieldText, takesDocuments } from './body-fields.ts'
import { entry } from './entry.ts'
import type { ProcedureMove } from './procedure-desk.ts'
import { endOfDay } from './zone.ts'

export interface BodyOptions {
  readonly set?: readonly string[]
  readonly body?: string
  readonly document?: readonly string[]
}

/** What a move says, and the files that come with it. */
export interface MoveBody {
  readonly body: Readonly<Record<string, unknown>>
  readonly attachments: readonly Attachment[]
}

/** Where names are looked up; asked only when one is given that this home does not know. */
export interface BodyDesk {
  readonly session: Session
  client(): Promise<Client>
  /** Statements of the case, which are known by how their identifiers begin. */
  readonly statements?: readonly string[]
  /** Where the clocks of the case run. */
  readonly zone?: string
}

/** Files that one statement lists, at most. */
const mostDocuments = 64

/**
 * Throws CliError `usage` for a field that the move does not have, a value that does not fit and a field that is missing,
 * each with its name.
 */
export async function bodyOf(desk: BodyDesk, move: ProcedureMove, options: BodyOptions): Promise<MoveBody> {
  const { session } = desk
  const body: Record<string, unknown> = options.body === undefined ? {} : await readBody(session, options.body)
  const files = new Map<string, Attachment>()
  const keep = (file: Attachment): string => {
    files.set(file.digest, file)
    return file.digest
  }
  const lists = new Set<string>()
  for (const text of options.set ?? []) {
    const { field, value } = settingOf(move, text)
    const typed = await typedValue(desk, field, value, keep)
    // A list that is given here stands in the place of that in the file.
    if (field.isList && !lists.has(field.name)) put(body, field.name, [])
    if (field.isList) lists.add(field.name)
    put(body, field.name, field.isList ? [...listAt(body, field.name), typed] : typed)
  }
  for (const path of options.document ?? []) keep(await fileAt(session, path))
  const attachments = [...files.values()]
  if (attachments.length > mostDocuments)
    throw new CliError(
      'usage',
      `a statement comes with ${mostDocuments} documents at the most, not ${attachments.length}`,
    )
  if (attachments.length > 0 && takesDocuments(move) && body['documents'] === undefined)
    body['documents'] = attachments.map(documentEntry)
  requireWhole(move, body)
  return { body, attachments }
}

async function readBody(session: Session, path: string): Promise<Record<string, unknown>> {
  const text = Buffer.from(await session.input(path, 'the body')).toString('utf8')
  const name = path === '-' ? 'standard input' : path
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CliError('bad-input', `${name} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      inner: 'bad-body',
      cause,
    })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CliError('bad-input', `${name} is no JSON object: the body of a move is one`, { inner: 'bad-body' })
  return { ...value }
}

function settingOf(move: ProcedureMove, text: string): { readonly field: BodyField; readonly value: string } {
  const at = text.indexOf('=')
  if (at < 1) throw new CliError('usage', `--set "${text}" is not of the form field=value`)
  const name = text.slice(0, at)
  const value = text.slice(at + 1)
  if (name === 'documents') throw new CliError('usage', 'documents are files: give each with --document FILE')
  const known = fieldsOf(move)
  const field = known.find((each) => each.name === name)
  if (field === undefined) throw unknownField(move, name)
  if (value === '') throw new CliError('usage', `--set ${name}= says nothing: leave the field out, or give it a value`)
  return { field, value }
}

function unknownField(move: ProcedureMove, name: string): CliError {
  const known = fieldsOf(move)
  const inside = known.filter((each) => each.name.startsWith(`${name}.`)).map((each) => each.name)
  const has = inside.length > 0 ? inside : known.map((each) => each.name)
  return new CliError(
    'usage',
    `${move.name} has no field "${name}" that takes a value: ${has.length === 0 ? 'it has none' : has.join(', ')}`,
    { inner: 'bad-body', pointer: pointerOf(name) },
  )
}

/** `/what/clock` */
function pointerOf(name: string): string {
  return `/${name.replaceAll('.', '/')}`
}

function wrong(field: BodyField, value: string, cause?: unknown): CliError {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value
  return new CliError('usage', `${field.name} "${shown}" does not fit: ${fieldText(field).replace('\n', '; ')}`, {
    inner: 'bad-body',
    pointer: pointerOf(field.name),
    cause,
  })
}

async function typedValue(
  desk: BodyDesk,
  field: BodyField,
  value: string,
  keep: (file: Attachment) => string,
): Promise<unknown> {
  const { session } = desk
  switch (field.sort) {
    case 'word':
      if (field.words?.includes(value) === true) return value
      throw wrong(field, value)
    case 'party':
      return partyOf(desk, value)
    case 'digest':
      if (value.startsWith('@')) return keep(await fileAt(session, value.slice(1)))
      if (/^sha256:[0-9a-f]{64}$/.test(value)) return value
      if (/^[0-9a-f]{64}$/.test(value)) return `sha256:${value}`
      throw wrong(field, value)
    case 'statement':
      return statementOf(desk, value)
    case 'date':
      return rfc3339(secondsFrom(value, field.name))
    case 'seconds':
      // A day ends where the clocks of the case run.
      if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) && !Number.isNaN(Date.parse(value)))
        return endOfDay(value, desk.zone ?? 'UTC')
      return secondsFrom(value, field.name, 'ends')
    case 'number':
      if (/^-?[0-9]{1,15}$/.test(value)) return Number(value)
      throw wrong(field, value)
    case 'yes-no':
      if (value === 'yes' || value === 'true') return true
      if (value === 'no' || value === 'false') return false
      throw wrong(field, value)
    case 'json':
      try {
        return JSON.parse(value) as unknown
      } catch (cause) {
        throw wrong(field, value, cause)
      }
    case 'text': {
      const text = await textOf(session, value)
      if (field.longest === undefined || text.length <= field.longest) return text
      throw new CliError('usage', `${field.name} has ${text.length} characters: ${field.longest} at the most`, {
        inner: 'bad-body',
        pointer: pointerOf(field.name),
      })
    }
  }
}

/** `@FILE` is the text of a file, `@@` begins a text with that sign. */
async function textOf(session: Session, value: string): Promise<string> {
  if (value.startsWith('@@')) return value.slice(1)
  if (!value.startsWith('@')) return value
  return Buffer.from(await session.input(value.slice(1), 'the text'))
    .toString('utf8')
    .trimEnd()
}

/** A statement of the case by how it begins, else any that the node finds. */
async function statementOf({ statements = [], client }: BodyDesk, value: string): Promise<string> {
  const begun = value.replace(/…$/, '')
  const found = begun.length < 8 ? [] : [...new Set(statements)].filter((id) => id.startsWith(begun))
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  return /^[0-9a-f]{64}$/.test(value) ? value : statementIdOf(await client(), value)
}

/** A party by alias, URN, its digits, or its name in the log of the node that is asked. */
export async function partyOf({ session, client }: BodyDesk, text: string): Promise<string> {
  try {
    return session.partyUrn(text)
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'usage') throw error
    const found = await namedParties(await client(), text)
    const [only, ...others] = found
    if (only !== undefined && others.length === 0) return only.urn
    if (only === undefined) {
      throw new CliError(
        'usage',
        `"${text}" is no party: no alias of this home, no party URN or its 64 digits, and nobody of that name is known to the node`,
        { cause: error },
      )
    }
    throw new CliError('ambiguous', `${found.length} parties have the name "${text}": give one by its URN`, {
      choices: { names: found.map(({ urn }) => urn), text: found.map(({ urn }) => `  ${urn.slice(-64)}`).join('\n') },
    })
  }
}

/** Parties with exactly this name, in one of their languages. */
async function namedParties(client: Client, text: string): Promise<readonly { readonly urn: string }[]> {
  const wanted = text.toLowerCase()
  const found: { readonly urn: string }[] = []
  for await (const each of eachItem(client.parties, { q: text, limit: 200 })) {
    const isIt =
      each.names.some((name) => name.text.toLowerCase() === wanted) || nameOf(each.names).toLowerCase() === wanted
    if (isIt) found.push(each)
    if (found.length > 10) break
  }
  return found
}

const mediaTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  pdf: 'application/pdf',
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  csv: 'text/csv',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  zip: 'application/zip',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  odt: 'application/vnd.oasis.opendocument.text',
}

async function fileAt(session: Session, path: string): Promise<Attachment> {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  return attachment(await session.input(path, 'the document'), mediaTypes[ending] ?? 'application/octet-stream')
}

function put(body: Record<string, unknown>, name: string, value: unknown): void {
  const [first = '', ...rest] = name.split('.')
  if (rest.length === 0) {
    body[first] = value
    return
  }
  const inner = body[first]
  // What stands there came from a JSON object, or from here.
  const record = typeof inner === 'object' && inner !== null ? { ...(inner as Record<string, unknown>) } : {}
  put(record, rest.join('.'), value)
  body[first] = record
}

function at(body: Readonly<Record<string, unknown>>, name: string): unknown {
  let value: unknown = body
  for (const part of name.split('.')) {
    // Safe: looked at as a record only where it is one.
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined
  }
  return value
}

function listAt(body: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const found = at(body, name)
  return Array.isArray(found) ? found : []
}

/** Before a schema says it in its own words: what is missing is named with what goes there. */
function requireWhole(move: ProcedureMove, body: Readonly<Record<string, unknown>>): void {
  const missing = fieldsOf(move).filter(({ name, isRequired }) => isRequired && at(body, name) === undefined)
  const [first] = missing
  if (first === undefined) return
  const names = missing.map(({ name }) => name)
  throw new CliError('usage', `${move.name} also has to say ${names.join(', ')}: --set ${first.name}=…`, {
    inner: 'bad-body',
    pointer: pointerOf(first.name),
    choices: {
      names,
      text: missing.map((each) => entry(each.name, fieldText(each))).join('\n'),
    },
  })
}
