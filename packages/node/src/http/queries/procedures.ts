/** Procedures for answers: made from their definitions alone, so that they change with the software and with nothing else. */
import type { ProcedureMove, ProcedureResponse, ProcedureSummary } from '@comity/contract'
import {
  type ClockDefinition,
  commonBodies,
  commonTitles,
  diagramOf,
  formOf,
  lengthText,
  type MoveDefinition,
  newestOf,
  type Procedure,
  procedures,
  recordsIn,
  versionName,
  visibilityOf,
} from '@comity/procedures'

/** All versions of all procedures, by name, the newest of each first. */
export function listProcedures(): readonly ProcedureSummary[] {
  return procedures
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : other.version - one.version))
    .map(summaryOf)
}

const views = new Map<string, ProcedureResponse>()

/** Everything about one procedure. */
export function procedureView(procedure: Procedure): ProcedureResponse {
  const version = versionName(procedure)
  const view = views.get(version) ?? viewOf(procedure)
  views.set(version, view)
  return view
}

function summaryOf(procedure: Procedure): ProcedureSummary {
  const { name, title, purpose, provisions, moves } = procedure
  return {
    version: versionName(procedure),
    name,
    title,
    purpose,
    provisions: [...provisions],
    newest: newestOf(name) === procedure,
    opening: Object.entries(moves).flatMap(([move, { from }]) => (from === 'opening' ? [move] : [])),
  }
}

function viewOf(procedure: Procedure): ProcedureResponse {
  const { roles, seat, states, moves, clocks, visibility, sources } = procedure
  const { common = Object.keys(commonBodies) } = procedure
  const has: readonly string[] = common
  return {
    ...summaryOf(procedure),
    seat,
    visibility,
    roles: Object.entries(roles).map(([name, { title, most = 1 }]) => ({ name, title, most })),
    states: Object.entries(states).map(([name, { title, isEnd = false }]) => ({
      name,
      title,
      isEnd,
      records: recordsIn(procedure, name).map(({ provision, text, where }) => ({
        provision,
        text,
        ...(where === undefined ? {} : { where: { ...where } }),
      })),
    })),
    moves: [
      ...Object.entries(moves).map(([name, move]) => moveView(procedure, name, move)),
      ...Object.entries(commonTitles).flatMap(([name, title]) =>
        has.includes(name) ? [commonView(procedure, name, title)] : [],
      ),
    ],
    clocks: Object.entries(clocks).map(([name, clock]) => clockView(name, clock)),
    sources: [...sources],
    diagram: diagramOf(procedure),
  }
}

function moveView(procedure: Procedure, name: string, move: MoveDefinition): ProcedureMove {
  const { title, by, joins, binds = {}, from, to, each = false, once = false, kinds = ['move'], after, guard } = move
  return {
    name,
    title,
    by: by === 'anyone' ? [] : [...by],
    ...(joins === undefined ? {} : { joins }),
    binds: { ...binds },
    opens: from === 'opening',
    common: false,
    from: from === 'opening' ? [] : [...from],
    to: to === 'same' ? [] : typeof to === 'string' ? [to] : [...to],
    each,
    once,
    kinds: [...kinds],
    ...(after === undefined ? {} : { after }),
    ...(guard === undefined ? {} : { guard: guard.says }),
    visibility: visibilityOf(procedure, move),
    fields: { ...move.fields },
    body: asJsonSchema(move.body),
    form: formFor(move.body),
    cites: [...(move.cites ?? [])],
  }
}

function commonView({ visibility }: Procedure, name: string, title: string): ProcedureMove {
  // Safe: the tables of titles and of bodies have the same names.
  const body = commonBodies[name as keyof typeof commonBodies]
  return {
    name,
    title,
    by: [],
    binds: {},
    opens: false,
    common: true,
    from: [],
    to: [],
    each: false,
    once: false,
    kinds: ['move'],
    visibility,
    fields: {},
    body: asJsonSchema(body),
    form: formFor(body),
    cites: [],
  }
}

function clockView(name: string, clock: ClockDefinition): ProcedureResponse['clocks'][number] {
  const { title, starts, from, stops, binds, source, lapse, opens, term } = clock
  return {
    name,
    title,
    starts: [...starts],
    ...(from === undefined ? {} : { from }),
    stops: [...stops],
    length: lengthsText(clock),
    binds,
    source,
    lapse,
    opens: [...opens],
    ...(term === undefined ? {} : { term }),
  }
}

function lengthsText({ length }: ClockDefinition): string {
  if ('until' in length) return `to the moment in ${length.until}`
  if (!('by' in length)) return lengthText(length)
  return Object.entries(length.lengths)
    .map(([word, each]) => `${lengthText(each)} where ${length.by} is ${word}`)
    .join(', ')
}

function formFor(body: MoveDefinition['body']): ProcedureMove['form'] {
  return formOf(body).map(({ many, options, ...field }) => ({
    ...field,
    ...(many === undefined ? {} : { many: { ...many } }),
    ...(options === undefined ? {} : { options: [...options] }),
  }))
}

/** A TypeBox schema is a JSON Schema; the marks of its own that it carries are none of JSON. */
function asJsonSchema(schema: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(schema))
}
