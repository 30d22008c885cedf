/** Procedures as the API serves them: everything here is made from a definition, and changes with the software alone. */
import { fields } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { closed, oneOf, provisionId } from './fields.ts'

/** Who sees something: everybody, the parties of the case, or nobody but them that it exists. */
export const visibility = oneOf(['public', 'parties', 'sealed'])

/** `dispute/1`: a running case keeps the version that it was opened with. */
export const procedureVersion = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,39}/[1-9][0-9]{0,3}$',
  description: 'version of a procedure, such as `dispute/1`',
})

/** Where a clock, a ground or a rule comes from. */
export const citation = closed({
  text: Type.String({ description: 'law and article, treaty and paragraph, or practice' }),
  url: Type.Optional(Type.String()),
  verified: Type.Boolean({ description: 'whether the project has read the source itself' }),
})
export type Citation = Static<typeof citation>

/** A JSON Schema, 2020-12. */
export const jsonSchema = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description: 'JSON Schema',
})

/** One field of a move's body, for whoever draws a form. */
export const formField = closed({
  name: Type.String({ description: 'member of the body; with a dot where it lies in another' }),
  label: Type.String({ description: 'for people' }),
  input: oneOf([
    'text',
    'long-text',
    'number',
    'date',
    'moment',
    'choice',
    'yes-no',
    'party',
    'statement',
    'digest',
    'documents',
    'json',
  ]),
  required: Type.Boolean(),
  many: Type.Optional(
    closed({ least: Type.Integer({ minimum: 0 }), most: Type.Optional(Type.Integer({ minimum: 1 })) }),
  ),
  options: Type.Optional(Type.Array(Type.String())),
  maxLength: Type.Optional(Type.Integer({ minimum: 1 })),
})
export type FormField = Static<typeof formField>

/** What a case puts on record, for which provision. */
export const stateRecord = closed({ provision: provisionId, text: Type.String() })

const role = closed({
  name: Type.String(),
  title: Type.String(),
  most: Type.Integer({ minimum: 1, description: 'parties that may have it' }),
})

const state = closed({
  name: Type.String(),
  title: Type.String(),
  isEnd: Type.Boolean({ description: 'nothing follows but replies' }),
  records: Type.Array(
    closed({
      ...stateRecord.properties,
      where: Type.Optional(closed({ fact: Type.String(), is: Type.String() })),
    }),
    { description: 'what it puts on record, for which provision; with `where` only in cases with that fact' },
  ),
})

const move = closed({
  name: Type.String(),
  title: Type.String(),
  by: Type.Array(Type.String(), { description: 'roles whose parties may make it; empty where anybody may' }),
  joins: Type.Optional(Type.String({ description: 'the role that its author has from then on' })),
  binds: Type.Record(Type.String(), Type.String(), {
    description: 'fields of its body that name parties, and the role which those have from then on',
  }),
  opens: Type.Boolean({ description: 'it opens a case' }),
  common: Type.Boolean({ description: 'a move of every procedure, such as `reply`' }),
  from: Type.Array(Type.String(), {
    description: 'states in which it is possible; empty where it does not depend on them',
  }),
  to: Type.Array(Type.String(), { description: 'states that may follow; empty where the state stays' }),
  each: Type.Boolean({ description: 'the state changes with the last party that makes it' }),
  once: Type.Boolean({ description: 'each party makes it at most once' }),
  kinds: Type.Array(Type.String(), { description: 'kinds of the statements that make it: `move`, or one of its own' }),
  after: Type.Optional(Type.String({ description: 'the clock that has to lapse before' })),
  guard: Type.Optional(Type.String({ description: 'in words, what has to be so beside' })),
  visibility,
  fields: Type.Record(Type.String(), visibility, { description: 'fields that fewer see than the move' }),
  body: jsonSchema,
  form: Type.Array(formField),
  cites: Type.Array(citation),
})
export type ProcedureMove = Static<typeof move>

const clock = closed({
  name: Type.String(),
  title: Type.String(),
  starts: Type.Array(Type.String(), { description: 'moves with which it starts' }),
  from: Type.Optional(Type.String({ description: 'the field of that move from which it counts' })),
  stops: Type.Array(Type.String(), { description: 'moves with which it ends' }),
  length: Type.String({ description: 'in words; where it depends on a fact, each case' }),
  binds: Type.String({ description: 'the role that it binds' }),
  source: citation,
  lapse: Type.String({ description: 'in words, what may be done when it has lapsed: a lapse decides nothing' }),
  opens: Type.Array(Type.String(), { description: 'moves that are possible only then' }),
  term: Type.Optional(
    Type.String({ description: "the state that follows by itself: it is a period that a party's own statement set" }),
  ),
})

const summary = {
  version: procedureVersion,
  name: Type.String(),
  title: Type.String(),
  purpose: Type.String(),
  provisions: Type.Array(provisionId),
  newest: Type.Boolean({ description: 'whether a case is opened with this version today' }),
  opening: Type.Array(Type.String(), { description: 'moves that open a case' }),
}
export const procedureSummary = closed(summary)
export type ProcedureSummary = Static<typeof procedureSummary>

/** What days are counted by: with other data a clock may end at another moment. */
const calendars = closed({
  zones: Type.String({ description: 'version of the IANA time zone database, such as `2026c`' }),
  holidays: Type.String({ description: 'package and version that the holidays of States come from' }),
})

export const proceduresResponse = closed({ procedures: Type.Array(procedureSummary), calendars })
export type ProceduresResponse = Static<typeof proceduresResponse>

const procedureName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', description: 'such as `dispute`' })

/** Its newest version. */
export const procedureParams = closed({ name: procedureName })
export const procedureVersionParams = closed({
  name: procedureName,
  version: Type.Integer({ minimum: 1, maximum: 9999 }),
})

export const procedureResponse = closed({
  ...summary,
  seat: Type.String({ description: '`opener`, or the role in whose log moves take effect' }),
  visibility,
  roles: Type.Array(role),
  states: Type.Array(state),
  moves: Type.Array(move, { description: 'its own first, then those of every procedure' }),
  clocks: Type.Array(clock),
  sources: Type.Array(citation),
  diagram: Type.String({ description: 'Mermaid state diagram' }),
})
export type ProcedureResponse = Static<typeof procedureResponse>

/** Where a case's clocks run. */
export const clockPlace = closed({
  zone: Type.String({ maxLength: 64, description: 'IANA time zone' }),
  region: Type.Optional(fields.text(16, 'ISO 3166-1, with a region behind a hyphen')),
})

export const clockStandings = ['running', 'suspended', 'lapsed', 'kept', 'late'] as const
