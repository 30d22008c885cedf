/** The seat of a case: where its log is, whether it has taken a move, and how a move gets there. */
import { type CaseResponse, type Client, ClientError, createClient, type PeerSummary } from '@comity/contract'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import { short } from '../names.ts'
import type { Session } from '../session.ts'
import { readBytes } from '../home/private-file.ts'
import { chainOf } from '../verbs/party-move-chain.ts'
import { caseAt, refusalOf } from './file-move.ts'

export interface SeatOptions {
  /** Address of the seat's node. */
  readonly seat?: string
  readonly seatTokenFile?: string
  readonly wait?: string | true
}

/** How long is waited where nobody says otherwise, in seconds. */
const defaultWait = 60

const pollMilliseconds = 500

/** Seconds to wait, or undefined. Throws CliError `usage`. */
export function waitOf({ wait }: Pick<SeatOptions, 'wait'>): number | undefined {
  if (wait === undefined) return undefined
  if (wait === true) return defaultWait
  if (/^[0-9]{1,5}$/.test(wait)) return Number(wait)
  throw new CliError('usage', `--wait "${wait}" is no number of seconds`)
}

/** The seat's own node, asked directly. */
export interface SeatDesk {
  /** Asks what everybody may ask. */
  readonly client: Client
  /** Files, with the token that was given. */
  readonly filing: Client
  readonly address: string
}

/** Throws CliError `usage` for an address that is none. */
export function seatDesk(session: Session, { seat, seatTokenFile }: SeatOptions): SeatDesk | undefined {
  if (seat === undefined) {
    if (seatTokenFile !== undefined) throw new CliError('usage', '--seat-token-file goes with --seat')
    return undefined
  }
  if (!URL.canParse(seat) || !/^https?:$/.test(new URL(seat).protocol))
    throw new CliError('usage', `--seat "${seat}" is no http or https address, such as https://log.example.org`)
  const token =
    seatTokenFile === undefined
      ? undefined
      : Buffer.from(readBytes(session.path(seatTokenFile), 'the token file'))
          .toString('utf8')
          .trim()
  return { address: seat, client: createClient({ baseUrl: seat }), filing: createClient({ baseUrl: seat, token }) }
}

/** That the node keeps the log which is the seat. Throws CliError `refused`. */
export async function requireSeat({ client, address }: SeatDesk, seat: string): Promise<void> {
  const { origin } = await client.status()
  if (origin === seat) return
  throw new CliError('refused', `${address} keeps the log ${short(origin)}; the seat of this case is ${short(seat)}`, {
    inner: 'wrong-seat',
  })
}

/** What became of a move that was filed at home. */
export type Outcome =
  | { readonly state: 'taken'; readonly standing: CaseResponse }
  | { readonly state: 'refused'; readonly code: string; readonly detail: string; readonly standing: CaseResponse }
  | { readonly state: 'idle'; readonly code: string; readonly detail: string; readonly standing: CaseResponse }
  /** Not taken yet; `standing` where the case is known. */
  | { readonly state: 'waiting'; readonly standing: CaseResponse | undefined }

/** What a node knows of a move now. */
export async function outcomeOf(client: Client, urn: string, statement: string): Promise<Outcome> {
  const standing = await caseAt(client, urn)
  if (standing === undefined) return { state: 'waiting', standing }
  if (standing.opening.id === statement || standing.timeline.some((entry) => entry.statement === statement))
    return { state: 'taken', standing }
  const no = standing.refused.find((each) => each.statement.id === statement)
  if (no !== undefined) return { state: 'refused', code: no.code, detail: no.detail, standing }
  const idle = standing.idle.find((each) => each.statement.id === statement)
  if (idle !== undefined) return { state: 'idle', code: idle.code, detail: idle.detail, standing }
  return { state: 'waiting', standing }
}

/**
 * Asks until the seat has taken or refused a move, or the time is over. That it was taken is told by the node that is
 * asked for the case; why it was not, by the seat's own node alone.
 */
export async function awaited(
  session: Session,
  { client, seatNode }: { readonly client: Client; readonly seatNode: Client | undefined },
  { urn, statement, seat, seconds }: { urn: string; statement: string; seat: string; seconds: number },
): Promise<Outcome> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const outcome = await outcomeOf(client, urn, statement)
    if (outcome.state !== 'waiting') return outcome
    const there = seatNode === undefined ? undefined : await ifReached(outcomeOf(seatNode, urn, statement))
    if (there !== undefined && there.state !== 'waiting' && there.state !== 'taken') return there
    if (performance.now() >= end) return outcome
    session.progress.update(`Waiting for the seat ${short(seat)}`)
    await sleep(pollMilliseconds)
  }
}

/** Not everybody who files at home reaches the seat's node. */
async function ifReached<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof ClientError) return undefined
    throw error
  }
}

/** Where the seat's own node answers, as far as the own node tells: addresses in private networks to its keeper alone. */
export async function seatNodeOf(session: Session, seat: string): Promise<Client | undefined> {
  for (const authority of ['keeper', 'none'] as const) {
    const known = await ifReached(session.client(authority).then((client) => client.peers()))
    const url = known?.peers.find(({ origin }) => origin === seat)?.url
    if (url !== undefined) return createClient({ baseUrl: url })
  }
  return undefined
}

/** How a node stands to another log: as a peer that it follows, or not at all. */
export async function followed(client: Client, origin: string): Promise<PeerSummary | undefined> {
  const { peers } = await client.peers()
  return peers.find((peer) => peer.origin === origin && peer.role.startsWith('mirror'))
}

/**
 * Brings a move to a seat that does not follow its author's home log: first copies of the author's party statements, with
 * the approvals they needed, then the move. Each is registered once however often it is brought.
 */
export async function bring(
  session: Session,
  home: Client,
  { filing, address }: SeatDesk,
  { statement, standing }: { readonly statement: string; readonly standing: CaseResponse | undefined },
): Promise<void> {
  const { profile } = session
  const { copies } = await chainOf({ origin: profile.home, register: home, log: home }, profile.urn)
  const pieces = [...copies.map(({ bytes }) => bytes), await home.rawStatement(statement)]
  for (const [i, bytes] of pieces.entries()) {
    session.progress.update(`Bringing it to ${address}`, i, pieces.length)
    try {
      await filing.submit(bytes)
    } catch (error) {
      if (!(error instanceof ClientError) || error.status === undefined) throw error
      if (error.code === 'not-authorised') throw tokenWanted(address, error)
      throw refusalOf(error, standing, profile.urn)
    }
  }
}

function tokenWanted(address: string, cause: ClientError): CliError {
  return new CliError(
    'refused',
    `it is filed at home; ${address} takes statements with a token: its keeper makes one with "comity token issue", and --seat-token-file gives it`,
    { inner: cause.code, cause },
  )
}
