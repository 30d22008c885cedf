/** `comity case open` and `comity case move`: a move is signed by its author, filed at home, and takes effect at the seat. */
import { type CaseResponse, type Client, ClientError } from '@comity/contract'
import type { Procedure } from '@comity/procedures'
import { type BodyOptions, bodyOf, type BodyDesk } from '../cases/body.ts'
import { caseText, caseUrnOf, newCaseUrn } from '../cases/case-name.ts'
import { possibleList, stateText } from '../cases/case-text.ts'
import { momentWords } from '../cases/moment-words.ts'
import {
  caseAt,
  dryRun,
  fileMove,
  type MoveDraft,
  moveDraft,
  refused,
  requireBody,
  requireOpening,
} from '../cases/file-move.ts'
import { caseClient, filePrivately } from '../cases/private-move.ts'
import { moveFrom, openingsOf, procedureFrom, type ProcedureMove, verbsOf } from '../cases/procedure-desk.ts'
import {
  awaited,
  bring,
  followed,
  type Outcome,
  outcomeOf,
  requireSeat,
  type SeatDesk,
  seatDesk,
  seatNodeOf,
  type SeatOptions,
  waitOf,
} from '../cases/seat.ts'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type Filed, withRows } from '../filing.ts'
import { short } from '../names.ts'
import type { PreparingOptions } from '../prepared.ts'
import type { Session } from '../session.ts'
import { wrap } from '../terminal/text.ts'

interface MoveOptions extends BodyOptions, PreparingOptions, SeatOptions {
  readonly dryRun?: boolean
}

export interface OpenOptions extends MoveOptions {
  readonly move?: string
  readonly place?: string
}

export interface MakeOptions extends MoveOptions {
  readonly anyway?: boolean
}

export async function openCase(session: Session, options: OpenOptions, named: string, slug: string): Promise<Result> {
  const seconds = waitOf(options)
  const procedure = await procedureFrom(named)
  const { profile } = session
  const urn = newCaseUrn(profile.urn, slug)
  const move = await moveFrom(procedure, openingMove(procedure, options.move))
  const desk = deskOf(session)
  const body = await bodyOf(desk, move, options)
  await requireBody(procedure, move.name, body)
  const place = options.place === undefined ? undefined : placeFrom(options.place)
  const atSeat = seatDesk(session, options)
  const seat = await seatOf(session, procedure, { bound: body.body, move: move.name, atSeat })
  const said = { procedure: `${procedure.name}/${procedure.version}`, move: move.name, seat }
  const draft = moveDraft(urn, { ...said, ...(place === undefined ? {} : { place }) }, body)
  await requireOpening(procedure, draft, profile.urn, session.context.now())
  if (options.dryRun === true) return dryRun(draft, session, procedure.visibility !== 'public')
  const client = await desk.client()
  if ((await caseAt(client, urn)) !== undefined) {
    throw new CliError('refused', `refused: ${caseText(urn)} is open already: choose another name`, {
      inner: 'case-exists',
    })
  }
  if (procedure.visibility !== 'public')
    return filePrivately(session, { draft, procedure, options, seconds, standing: undefined })
  requireAtOnce(options)
  return filedAndTaken(session, client, { draft, options, atSeat, seconds, standing: undefined })
}

export async function makeMove(session: Session, options: MakeOptions, named: string, name: string): Promise<Result> {
  const seconds = waitOf(options)
  const { profile } = session
  const atSeat = seatDesk(session, options)
  const desk = deskOf(session, atSeat)
  const urn = await caseUrnOf(desk, named)
  const client = await caseClient(session)
  const standing = await standingOf(client, atSeat, urn)
  const procedure = await procedureFrom(standing.procedure)
  const move = await knownMove(procedure, name, standing, profile.urn)
  // What the case does not allow is said before a body is asked for: no body would help.
  if (options.anyway !== true && options.dryRun !== true) requirePossible(standing, move, profile.urn)
  const body = await bodyOf({ ...desk, statements: statementsIn(standing), zone: standing.place.zone }, move, options)
  await requireBody(procedure, move.name, body)
  const draft = moveDraft(urn, { procedure: standing.procedure, move: move.name, seat: standing.seat }, body)
  if (options.dryRun === true) return dryRun(draft, session, procedure.visibility !== 'public')
  if (standing.private === true) return filePrivately(session, { draft, procedure, options, seconds, standing })
  requireAtOnce(options)
  return filedAndTaken(session, client, { draft, options, atSeat, seconds, standing })
}

function deskOf(session: Session, atSeat?: SeatDesk): BodyDesk {
  return { session, client: async () => atSeat?.client ?? (await caseClient(session)) }
}

/** What is public is filed at home when it is signed, which is what keeps a deadline. */
function requireAtOnce({ at }: PreparingOptions): void {
  if (at === undefined) return
  throw new CliError('usage', '--at is for private cases: a move of a public one counts from when it is filed')
}

function statementsIn({ timeline, proposals }: CaseResponse): readonly string[] {
  return [...timeline.flatMap(({ statement }) => statement ?? []), ...proposals.map(({ statement }) => statement)]
}

async function knownMove(procedure: Procedure, name: string, standing: CaseResponse, own: string) {
  try {
    const move = await moveFrom(procedure, name)
    const kinds = move.definition?.kinds
    if (kinds !== undefined) throw new CliError('usage', `${name} is made with ${verbsOf(kinds)}`)
    return move
  } catch (error) {
    if (!(error instanceof CliError) || error.inner !== 'unknown-move') throw error
    throw new CliError('usage', `${procedure.name} has no move "${name}"`, {
      inner: 'unknown-move',
      choices: { names: standing.possible.map(({ move }) => move), text: possibleList(standing, own) },
    })
  }
}

function openingMove(procedure: Procedure, given: string | undefined): string {
  const openings = openingsOf(procedure)
  const made = openings.filter((name) => procedure.moves[name]?.kinds === undefined)
  const [only, ...others] = made
  if (only === undefined) {
    const kinds = [...new Set(openings.flatMap((name) => procedure.moves[name]?.kinds ?? []))]
    throw new CliError('usage', `a case of ${procedure.name} is opened with ${verbsOf(kinds)}`)
  }
  if (given !== undefined) {
    if (made.includes(given)) return given
    throw new CliError('usage', `"${given}" opens no case of ${procedure.name}: ${made.join(' or ')} does`, {
      inner: 'no-case',
    })
  }
  if (others.length === 0) return only
  throw new CliError('usage', `${procedure.name} is opened with ${made.join(' or ')}: say which with --move`)
}

/** `Africa/Nairobi` or `Africa/Nairobi,KE`. Whether there is such a place is for the procedure to say. */
function placeFrom(text: string): { readonly zone: string; readonly region?: string } {
  const [zone = '', region, ...more] = text.split(',')
  if (zone === '' || region === '' || more.length > 0) {
    throw new CliError('usage', `--place "${text}" is no place: a time zone, perhaps with a State: Africa/Nairobi,KE`)
  }
  return region === undefined ? { zone } : { zone, region }
}

/** The log whose order counts: the opener's own, or that of the party which the opening binds to a role. */
async function seatOf(
  session: Session,
  procedure: Procedure,
  { bound, move, atSeat }: { bound: Readonly<Record<string, unknown>>; move: string; atSeat: SeatDesk | undefined },
): Promise<string> {
  const { seat, moves } = procedure
  const { profile } = session
  if (seat === 'opener' || moves[move]?.joins === seat) return profile.home
  const field = Object.entries(moves[move]?.binds ?? {}).find(([, role]) => role === seat)?.[0]
  const named = field === undefined ? undefined : bound[field]
  const urn = Array.isArray(named) ? String(named[0]) : String(named)
  const asked = [await session.client(), ...(atSeat === undefined ? [] : [atSeat.client])]
  for (const client of asked) {
    try {
      return (await client.party(urn)).home
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'not-found') throw error
    }
  }
  throw new CliError(
    'not-found',
    `the seat is the log of the ${seat}, ${short(urn.slice(-64))}, whom your node does not know: it has to follow that log, or name its node with --seat`,
    { inner: 'unknown-party' },
  )
}

/** The case as the own node knows it, else as its seat does. */
async function standingOf(client: Client, atSeat: SeatDesk | undefined, urn: string): Promise<CaseResponse> {
  const standing = (atSeat === undefined ? undefined : await caseAt(atSeat.client, urn)) ?? (await caseAt(client, urn))
  if (standing !== undefined) return standing
  throw new CliError(
    'not-found',
    atSeat === undefined
      ? `your node knows no case ${caseText(urn)}: it has to follow the log where the case is, or name that node with --seat`
      : `neither ${atSeat.address} nor your node knows a case ${caseText(urn)}`,
    { inner: 'no-case' },
  )
}

/** Throws CliError `refused` for a move that the case, as it is known here, does not allow the party. */
function requirePossible(standing: CaseResponse, { name, definition }: ProcedureMove, own: string): void {
  const found = standing.possible.find(({ move }) => move === name)
  const behind = onItsWay(standing, own)
  if (found === undefined)
    throw refused(
      'not-possible-now',
      `${name} is not possible: ${whyNot(standing, definition)}${behind}`,
      standing,
      own,
    )
  if (found.parties.length === 0 || found.parties.some(({ party }) => party === own)) return
  const roles = standing.roles.filter(({ parties }) => parties.some(({ party }) => party === own))
  const who = roles.length === 0 ? 'have no part' : `are ${roles.map(({ role }) => role).join(' and ')}`
  throw refused('not-your-move', `you ${who} in this case, and ${name} is not for you now${behind}`, standing, own)
}

/** What may be possible once the seat has taken what one has filed before. */
function onItsWay({ filed }: CaseResponse, own: string): string {
  const names = filed.flatMap(({ name, by }) => (by.party === own ? [name] : []))
  if (names.length === 0) return ''
  return `. The seat has not taken your ${names.join(', ')} yet: wait for it, as --wait does, or file this one behind it with --anyway`
}

function whyNot({ standing, suspended, state }: CaseResponse, definition: ProcedureMove['definition']): string {
  if (standing === 'withdrawn') return 'the case was withdrawn'
  if (standing === 'ended') return 'the case has ended'
  if (suspended) return 'the case is suspended'
  const { from = [], after, within } = definition ?? {}
  if (from.includes(state.name) && after !== undefined) return `the clock ${after} has not lapsed`
  if (from.includes(state.name) && within !== undefined) return `the time for it, ${within}, is over`
  return `the case is in state ${state.name}`
}

interface Filing {
  readonly draft: MoveDraft
  readonly options: MoveOptions
  readonly atSeat: SeatDesk | undefined
  /** How long to wait for the seat. */
  readonly seconds: number | undefined
  readonly standing: CaseResponse | undefined
}

/** Files at home, brings the move to its seat where that does not fetch it, and says what became of it. */
async function filedAndTaken(session: Session, client: Client, filing: Filing): Promise<Result> {
  const { draft, options, atSeat, seconds, standing } = filing
  const { urn, payload } = draft
  const { profile } = session
  const { seat } = payload
  if (atSeat !== undefined) await requireSeat(atSeat, seat)
  const filed = await fileMove(session, draft, options, standing)
  const { id, pending } = filed.json
  if (pending !== undefined) return shown(filed, draft, { state: 'waiting', standing }, [])
  if (seat === profile.home) return shown(filed, draft, await outcomeOf(client, urn, id), [])
  if (atSeat !== undefined && (await followed(atSeat.client, profile.home)) === undefined)
    await bring(session, client, atSeat, { statement: id, standing })
  const watched = atSeat?.client ?? client
  const outcome =
    seconds === undefined
      ? await outcomeOf(watched, urn, id)
      : await awaited(
          session,
          { client: watched, seatNode: atSeat === undefined ? await seatNodeOf(session, seat) : undefined },
          { urn, statement: id, seat, seconds },
        )
  if (outcome.state === 'refused' || outcome.state === 'idle') {
    const { code, detail } = outcome
    throw refused(
      code,
      `filed as ${short(id)}, and the seat ${short(seat)} did not take it: ${detail}`,
      outcome.standing,
      profile.urn,
    )
  }
  const advice = outcome.state === 'taken' ? [] : await adviceOf(client, { seat, atSeat, urn, seconds })
  const isLate = outcome.state === 'waiting' && seconds !== undefined
  return { ...shown(filed, draft, outcome, advice), ...(isLate ? { exitCode: exitCodes.negative } : {}) }
}

/** Why the seat may not have taken it, and what helps. */
async function adviceOf(
  client: Client,
  {
    seat,
    atSeat,
    urn,
    seconds,
  }: { seat: string; atSeat: SeatDesk | undefined; urn: string; seconds: number | undefined },
): Promise<readonly string[]> {
  if (atSeat !== undefined) return []
  const peer = await followed(client, seat)
  if (peer === undefined) {
    return [
      'Your node does not follow the seat, and cannot see whether it takes it: its keeper adds that node with "comity peer add", or name its address with --seat.',
    ]
  }
  if (peer.state === 'unreachable' || peer.state === 'quarantined') {
    const why = peer.lastError === undefined ? '' : ` (${peer.lastError.code})`
    return [
      `The seat is ${peer.state} from your node${why}. What is filed at home keeps its deadline; the seat fetches it when it is back.`,
    ]
  }
  return seconds === undefined
    ? [`The seat fetches it from here: comity case show ${caseText(urn)}`]
    : ['It has not been taken yet. A seat that follows your log fetches it by itself.']
}

function shown(filed: Result<Filed>, { urn, payload }: MoveDraft, outcome: Outcome, advice: readonly string[]): Result {
  const { standing } = outcome
  const isTaken = outcome.state === 'taken'
  const { pending } = filed.json
  const effect =
    pending !== undefined
      ? 'once your other keys have approved it'
      : isTaken
        ? 'now'
        : `once the seat ${short(payload.seat)} has taken it`
  const result = withRows(filed, [
    ['case', caseText(urn)],
    ['effect', effect],
    ['state', isTaken && standing !== undefined ? stateText(standing) : undefined],
    [
      'next',
      isTaken && standing?.next !== undefined
        ? `${standing.next.title}, until ${momentWords(standing.next.deadline)}`
        : undefined,
    ],
  ])
  return {
    text: [result.text, ...advice.map((line) => wrap(line))].join('\n'),
    json: {
      ...filed.json,
      case: urn,
      seat: payload.seat,
      taken: isTaken,
      ...(isTaken && standing !== undefined ? { state: standing.state.name, standing: standing.standing } : {}),
    },
  }
}
