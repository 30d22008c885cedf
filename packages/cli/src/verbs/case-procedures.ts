/** `comity case procedures`: what can be opened, who moves when, on which clocks, and what a move has to say. */
import { provisionIds } from '@comity/instruments'
import type { Citation, ClockDefinition, Procedure } from '@comity/procedures'
import { fieldsOf, fieldText, takesDocuments } from '../cases/body-fields.ts'
import { entry } from '../cases/entry.ts'
import { moveFrom, movesOf, openingsOf, procedureFrom, procedureRoom, verbsOf } from '../cases/procedure-desk.ts'
import type { Result } from '../context.ts'
import type { Session } from '../session.ts'
import { fields, table, wrap } from '../terminal/text.ts'

export interface ProceduresOptions {
  readonly move?: string
  readonly diagram?: boolean
}

export async function showProcedures(
  _session: Session,
  { move, diagram }: ProceduresOptions,
  name?: string,
): Promise<Result> {
  if (name === undefined) return all()
  const procedure = await procedureFrom(name)
  if (move !== undefined) return oneMove(procedure, move)
  const { diagramOf } = await procedureRoom()
  if (diagram === true) return { text: diagramOf(procedure).trimEnd(), json: { diagram: diagramOf(procedure) } }
  return {
    text: await procedureText(procedure),
    json: { ...(await described(procedure)), diagram: diagramOf(procedure) },
  }
}

async function all(): Promise<Result> {
  const { procedures, newestOf } = await procedureRoom()
  const newest = [...new Set(procedures.map((each) => each.name))].map(newestOf)
  return {
    text: [
      ...newest.map((each) =>
        [
          wrap(`${each.name}  ${each.title}, for ${servedText(each)}`),
          wrap(each.purpose, { indent: '  ' }),
          wrap(openedWith(each), { indent: '  ' }),
        ].join('\n'),
      ),
      wrap('More about one, and about what a move of it says:'),
    ]
      .join('\n\n')
      .concat('\n  comity case procedures dispute\n  comity case procedures dispute --move notify'),
    json: await Promise.all(newest.map(described)),
  }
}

function openedWith(procedure: Procedure): string {
  const openings = openingsOf(procedure)
  const kinds = [...new Set(openings.flatMap((name) => procedure.moves[name]?.kinds ?? []))]
  return `opened with ${kinds.length === 0 ? openings.join(' or ') : verbsOf(kinds)}`
}

/** `code-k, code-j`; all of them are many. */
function servedText({ provisions }: Pick<Procedure, 'provisions'>): string {
  return provisions.length === provisionIds.length ? 'every provision' : provisions.join(', ')
}

/** For programs: the definition as data, with the schema of each body. */
async function described(procedure: Procedure): Promise<object> {
  const { name, version, title, purpose, provisions, roles, seat, states, clocks, sources } = procedure
  const moves = (await movesOf(procedure)).map(({ name: move, title: what, body, definition }) => ({
    move,
    title: what,
    by: definition?.by ?? 'every party of the case',
    from: definition?.from ?? null,
    to: definition?.to ?? 'same',
    ...(definition?.after === undefined ? {} : { after: definition.after }),
    body,
  }))
  return { procedure: `${name}/${version}`, title, purpose, provisions, roles, seat, states, moves, clocks, sources }
}

async function procedureText(procedure: Procedure): Promise<string> {
  const { name, version, title, purpose, provisions, roles, seat, states, clocks, sources } = procedure
  const moves = await movesOf(procedure)
  const order = seat === 'opener' ? 'whoever opens the case' : `the ${seat}`
  return [
    wrap(`${title} (${name}/${version}), for ${servedText({ provisions })}`),
    '',
    wrap(purpose),
    '',
    table(
      ['role', 'who'],
      Object.entries(roles).map(([role, { title: who, most = 1 }]) => [
        role,
        most === 1 ? who : `${who}; up to ${most}`,
      ]),
    ),
    '',
    wrap(`Moves take effect in the order of the log of ${order}.`),
    '',
    table(
      ['state', ''],
      Object.entries(states).map(([state, { title: what, isEnd }]) => [
        state,
        isEnd === true ? `${what} (an end)` : what,
      ]),
    ),
    '',
    'Moves:',
    ...moves.map((move) => moveText(move)),
    '',
    Object.keys(clocks).length === 0 ? 'No clocks.' : 'Clocks:',
    ...(await Promise.all(Object.entries(clocks).map(([clock, each]) => clockText(clock, each)))),
    '',
    'Sources:',
    ...sources.map((source) => wrap(sourceText(source), { indent: '  ' })),
  ].join('\n')
}

function moveText({ name, title, body, definition }: Awaited<ReturnType<typeof movesOf>>[number]): string {
  const said = fieldsOf({ body }).map((field) => (field.isRequired ? field.name : `[${field.name}]`))
  const says = [...said, ...(takesDocuments({ body }) ? ['[documents]'] : [])]
  return entry(
    `${name}  ${title}`,
    [whoText(name, definition), wayText(definition)].join('; '),
    says.length === 0 ? 'says nothing more' : `says ${says.join(', ')}`,
  )
}

type Definition = Awaited<ReturnType<typeof moveFrom>>['definition']

function whoText(name: string, definition: Definition): string {
  if (definition === undefined) return name === 'withdraw' ? 'whoever opened the case' : 'any party of the case'
  const { by, joins, each, once, agreeOn } = definition
  if (by === 'anyone') return joins === undefined ? 'anyone' : `anyone, who is then ${joins}`
  const same = agreeOn === undefined ? '' : `, with the same ${agreeOn.join(' and ')}`
  const how = each === true ? `, each of them${same}` : once === true ? ', once' : ''
  return `${by.join(', ')}${how}`
}

function wayText(definition: Definition): string {
  if (definition === undefined) return 'at any time'
  const { from, to, after, within, kinds, seenBy } = definition
  const when = from === 'opening' ? 'opens the case' : `from ${from.join(', ')}`
  const then = to === 'same' ? '' : `, then ${typeof to === 'string' ? to : to.join(' or ')}`
  const how = kinds === undefined ? '' : `; made with ${verbsOf(kinds)}`
  const late = after === undefined ? '' : `, once the clock ${after} has lapsed`
  const soon = within === undefined ? '' : `, until the clock ${within} runs out`
  const thread = seenBy === undefined ? '' : `; seen by ${seenBy.join(', ')} and whom it names alone`
  return `${when}${then}${late}${soon}${how}${thread}`
}

async function clockText(name: string, clock: ClockDefinition): Promise<string> {
  const then = clock.term === undefined ? clock.lapse : `${clock.lapse}; the case is then ${clock.term}, by itself`
  return entry(
    `${name}  ${clock.title}: ${await lengthsText(clock)}, for ${clock.isEach === true ? `each ${clock.binds} its own` : clock.binds}`,
    `from ${clock.starts.join(' or ')}${clock.stops.length === 0 ? '' : ` until ${clock.stops.join(' or ')}`}; when it lapses: ${then}`,
    sourceText(clock.source),
  )
}

async function lengthsText({ length }: ClockDefinition): Promise<string> {
  const { lengthText } = await procedureRoom()
  if ('until' in length) return `to the moment in ${length.until}`
  if (!('by' in length)) return lengthText(length)
  return Object.entries(length.lengths)
    .map(([word, each]) => `${lengthText(each)} where ${length.by} is ${word}`)
    .join(', ')
}

export function sourceText({ text, verified }: Pick<Citation, 'text' | 'verified'>): string {
  return verified ? text : `${text} (unverified)`
}

/** What one move has to say: the fields of its body. */
async function oneMove(procedure: Procedure, name: string): Promise<Result> {
  const move = await moveFrom(procedure, name)
  const { definition, body, title } = move
  const said = fieldsOf(move)
  const rows = said.map((field) => [`${field.name}${field.isRequired ? ' *' : ''}`, fieldText(field)] as const)
  return {
    text: [
      wrap(`${name}  ${title} (${procedure.name}/${procedure.version})`),
      fields([
        ['who', whoText(name, definition)],
        ['when', wayText(definition)],
        ['condition', definition?.guard?.says],
        ['cites', definition?.cites?.map(sourceText).join('\n')],
      ]),
      '',
      rows.length === 0 ? 'It says nothing more.' : 'Fields for --set (* has to be there):',
      fields([...rows, ...(takesDocuments(move) ? [['documents', 'files, with --document'] as const] : [])]),
    ].join('\n'),
    json: { procedure: `${procedure.name}/${procedure.version}`, move: name, title, fields: said, body },
  }
}
