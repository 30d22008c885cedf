/** Filing a move in its author's home log: what is signed, what is shown of it before, and what a refusal says. */
import { type CaseResponse, type Client, ClientError } from '@comity/contract'
import type { Case, Procedure, ProcedureError } from '@comity/procedures'
import type { MovePayload } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { documentEntry, type Filed, type FilingOptions, fileDraft } from '../filing.ts'
import { short } from '../names.ts'
import type { Session } from '../session.ts'
import { fields, plain, wrap } from '../terminal/text.ts'
import type { MoveBody } from './body.ts'
import { caseText } from './case-name.ts'
import { possibleList, withNames } from './case-text.ts'
import { procedureRoom } from './procedure-desk.ts'

/** A move as it is to be signed. */
export interface MoveDraft {
  /** The case. */
  readonly urn: string
  readonly payload: MovePayload
  readonly attachments: MoveBody['attachments']
  readonly title: string
}

export function moveDraft(
  urn: string,
  said: Omit<MovePayload, 'body' | 'documents'>,
  { body, attachments }: MoveBody,
): MoveDraft {
  const payload: MovePayload = {
    ...said,
    body: { ...body },
    ...(attachments.length === 0 ? {} : { documents: attachments.map(documentEntry) }),
  }
  return { urn, payload, attachments, title: `${said.move} in the case ${caseText(urn)}` }
}

/** Shows what would be signed; nothing is signed, stored or sent. */
export function dryRun({ urn, payload, attachments }: MoveDraft, session: Session, isPrivate: boolean): Result {
  const { profile } = session
  const shown = JSON.stringify(payload, null, 2).split('\n')
  return {
    text: [
      'Nothing was signed. This would be:',
      fields([
        ['party', `${profile.alias}, ${short(profile.urn.slice(-64))}`],
        ['case', caseText(urn)],
        isPrivate ? ['goes', 'sealed, to the seat alone'] : ['filed in', short(profile.home)],
        ['takes effect in', short(payload.seat)],
        ...attachments.map(
          ({ digest, size, type }) => ['document', `${short(digest)}, ${size} bytes, ${type}`] as const,
        ),
      ]),
      '',
      ...shown.map((line) => broken(plain(line))),
    ].join('\n'),
    json: { kind: 'move', iss: profile.urn, sub: urn, payload, signed: false },
  }
}

/** A line of JSON over as many lines as it takes: digests and texts are longer than a terminal is wide. */
function broken(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? ''
  const pieces = wrap(short(line.slice(indent.length)), { indent: `  ${indent}` })
  return pieces
}

/** Files a move. What the node refuses is told with what is possible in the case, and for whom. */
export async function fileMove(
  session: Session,
  { urn, payload, attachments, title }: MoveDraft,
  options: FilingOptions,
  standing: CaseResponse | undefined,
): Promise<Result<Filed>> {
  try {
    return await fileDraft(session, { kind: 'move', sub: urn, payload, attachments, title }, options)
  } catch (error) {
    throw refusalOf(error, standing, session.profile.urn)
  }
}

/** A refusal in the words of whoever tried it; everything else stays what it is. */
export function refusalOf(error: unknown, standing: CaseResponse | undefined, own: string): unknown {
  if (!(error instanceof ClientError) || error.status === undefined || error.status >= 500) return error
  if (!aboutCases.has(error.code)) return error
  return refused(error.code, error.message, standing, own, error)
}

/** Codes of refusals that are about a case: after these it helps to hear what is possible in it. */
const aboutCases: ReadonlySet<string> = new Set([
  'not-possible-now',
  'not-your-move',
  'already-made',
  'guarded',
  'unknown-proposal',
  'unknown-move',
  'too-many',
  'case-exists',
  'no-case',
  'wrong-seat',
  'wrong-procedure',
  'wrong-kind',
  'not-yours',
  'not-public',
  'bad-body',
  'unknown-place',
  'unknown-order',
  'unknown-case',
])

export function refused(
  code: string,
  detail: string,
  standing: CaseResponse | undefined,
  own: string,
  cause?: unknown,
): CliError {
  // The node lists names of moves behind its reason; here they stand below, each with whom it is for.
  const [what = detail] = detail.split('; possible now: ')
  const reason = standing === undefined ? short(what) : withNames(what, standing)
  const hint = code === 'kind-not-admitted' ? '. Its keeper admits it with "comity policy admit move"' : ''
  return new CliError('refused', `refused: ${reason}${hint}`, {
    inner: code,
    cause,
    ...(standing === undefined
      ? {}
      : { choices: { names: standing.possible.map(({ move }) => move), text: possibleList(standing, own) } }),
  })
}

/** What can be found wrong with a body without asking anybody. Throws CliError `usage`. */
export async function requireBody(procedure: Procedure, name: string, { body, attachments }: MoveBody): Promise<void> {
  const { requireBrought, requireForm, ProcedureError: Wrong } = await procedureRoom()
  try {
    requireForm(procedure, { name, body })
  } catch (error) {
    if (error instanceof Wrong) throw usageOf(error)
    throw error
  }
  try {
    requireBrought(procedure, { name, body, documents: attachments })
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    const field = error.pointer?.slice(1) ?? 'document'
    const { code: inner, pointer } = error
    throw new CliError(
      'usage',
      `${field} names a document, which has to come with ${name}: give the file, --set ${field}=@FILE`,
      { inner, pointer, cause: error },
    )
  }
}

/** The case that an opening move would open, as its seat would see it. Throws CliError `usage` with the procedure's code. */
export async function requireOpening(
  procedure: Procedure,
  { urn, payload }: MoveDraft,
  by: string,
  at: number,
): Promise<Case> {
  const { openCase, ProcedureError: Wrong } = await procedureRoom()
  const { move: name, body, seat, place = { zone: 'UTC' } } = payload
  try {
    const move = { statement: '0'.repeat(64), name, by, urn, body, at, filedAt: at }
    return openCase(procedure, move, { seat, place: { ...place } })
  } catch (error) {
    if (error instanceof Wrong) throw usageOf(error)
    throw error
  }
}

function usageOf(error: ProcedureError): CliError {
  const isOfPlace = error.code === 'unknown-place' && error.message.includes('working days')
  const hint = isOfPlace ? ', as with --place Africa/Nairobi,KE' : ''
  return new CliError('usage', `${short(error.message)}${hint}`, {
    inner: error.code,
    pointer: error.pointer,
    cause: error,
  })
}

/** Asks for the case as it stands; undefined where the node knows none of that name. */
export async function caseAt(client: Client, urn: string): Promise<CaseResponse | undefined> {
  try {
    return await client.case(urn)
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not-found' || error.code === 'no-case')) return undefined
    throw error
  }
}
