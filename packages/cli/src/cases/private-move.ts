/** Filing a move of a private case: signed here, sealed by the node, and judged by the seat alone. */
import type { CaseResponse, Client } from '@comity/contract'
import type { Procedure } from '@comity/procedures'
import { type MovePayload, type SealedField, decodeStatement, sealedFieldDigest, statementUrn } from '@comity/statement'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { short } from '../names.ts'
import { vaultClient } from '../own-vault.ts'
import { type PreparingOptions, prepareDraft, signedDraft } from '../prepared.ts'
import type { Session } from '../session.ts'
import { fields } from '../terminal/text.ts'
import { caseText } from './case-name.ts'
import { stateText } from './case-text.ts'
import { momentWords } from './moment-words.ts'
import { type MoveDraft, refusalOf, refused } from './file-move.ts'
import { procedureRoom } from './procedure-desk.ts'
import { outcomeOf, type Outcome } from './seat.ts'

interface PrivateFiling {
  readonly draft: MoveDraft
  readonly procedure: Procedure
  readonly options: PreparingOptions
  /** How long to wait for the seat, in seconds. */
  readonly seconds: number | undefined
  readonly standing: CaseResponse | undefined
}

/** How long a seat that is near is waited for where nobody says, and how often it is asked, in milliseconds. */
const brief = 2000
const pollMilliseconds = 100

/** What a private move is signed as: fields that not all see named by a salted digest, with what opens them beside. */
export async function sealedDraft({
  draft,
  procedure,
  standing,
}: Pick<PrivateFiling, 'draft' | 'procedure' | 'standing'>): Promise<{
  readonly payload: MovePayload
  readonly fields: readonly SealedField[]
}> {
  const { sealedFieldsOf } = await procedureRoom()
  const { payload, attachments } = draft
  if (attachments.length > 0)
    throw new CliError(
      'usage',
      'a private case carries no files: send them with "comity message send --attach" to whom they are for',
    )
  const sealed = sealedFieldsOf(procedure, payload.move)
  const opening = sealed.flatMap((name): SealedField[] =>
    Object.hasOwn(payload.body, name)
      ? [{ name, salt: randomBytes(16).toString('base64url'), value: payload.body[name] }]
      : [],
  )
  const body = Object.fromEntries(Object.entries(payload.body).filter(([name]) => !sealed.includes(name)))
  const digests = opening.map((field) => [field.name, sealedFieldDigest(field, crypto)] as const)
  const after = standing?.chain?.head
  return {
    payload: {
      ...payload,
      body,
      ...(after === undefined ? {} : { after }),
      ...(digests.length === 0 ? {} : { sealed: Object.fromEntries(digests) }),
    },
    fields: opening,
  }
}

/** Files a move of a private case, or keeps it for its minute, and says what became of it. */
export async function filePrivately(session: Session, filing: PrivateFiling): Promise<Result> {
  const { draft, options, seconds, standing } = filing
  const { profile } = session
  const { urn, title } = draft
  const { payload, fields: opening } = await sealedDraft(filing)
  const toSign = { kind: 'move', sub: urn, payload }
  const { at } = options
  if (at !== undefined) return prepareDraft(session, { ...toSign, fields: opening, title }, { ...options, at })
  const client = await vaultClient(session)
  const bytes = await signedDraft(session, toSign, options)
  const { id } = decodeStatement(bytes, crypto)
  try {
    await client.ownCases.fileMove(
      bytes,
      opening.map((field) => ({ ...field })),
    )
  } catch (error) {
    throw refusalOf(error, standing, profile.urn)
  }
  const outcome = await settled(session, client, { urn, id, milliseconds: (seconds ?? 0) * 1000 || brief })
  if (outcome.state === 'refused') {
    const { code, detail } = outcome
    throw refused(code, `the seat ${short(payload.seat)} did not take it: ${detail}`, outcome.standing, profile.urn)
  }
  const isTaken = outcome.state === 'taken'
  const isLate = !isTaken && seconds !== undefined
  return { ...shown(session, draft, id, outcome), ...(isLate ? { exitCode: exitCodes.negative } : {}) }
}

async function settled(
  session: Session,
  client: Client,
  { urn, id, milliseconds }: { readonly urn: string; readonly id: string; readonly milliseconds: number },
): Promise<Outcome> {
  const end = performance.now() + milliseconds
  for (;;) {
    const outcome = await outcomeOf(client, urn, id)
    if (outcome.state !== 'waiting' || performance.now() >= end || session.offlineFolder !== undefined) return outcome
    session.progress.update('Waiting for the seat')
    await sleep(pollMilliseconds)
  }
}

function shown(session: Session, { urn, payload, title }: MoveDraft, id: string, outcome: Outcome): Result {
  const { standing } = outcome
  const isTaken = outcome.state === 'taken'
  const { next } = standing ?? {}
  return {
    text: [
      `Sealed: ${title}`,
      fields([
        ['statement', id],
        ['case', caseText(urn)],
        ['effect', isTaken ? 'now' : `once the seat ${short(payload.seat)} has taken it`],
        ['state', isTaken && standing !== undefined ? stateText(standing) : undefined],
        ['next', isTaken && next !== undefined ? `${next.title}, until ${momentWords(next.deadline)}` : undefined],
      ]),
    ].join('\n'),
    json: {
      id,
      urn: statementUrn(id),
      kind: 'move',
      iss: session.profile.urn,
      sub: urn,
      case: urn,
      seat: payload.seat,
      private: true,
      taken: isTaken,
      ...(isTaken && standing !== undefined ? { state: standing.state.name, standing: standing.standing } : {}),
    },
  }
}

/** A client that sees the private cases of the party too, where its token is at hand and the node is its own. */
export async function caseClient(session: Session): Promise<Client> {
  const { options, context } = session
  const isElsewhere = options.node !== undefined || context.env['COMITY_NODE'] !== undefined
  // A token is shown to the node that it is of, and to no other.
  const isOwn = !isElsewhere || options.tokenFile !== undefined
  return session.client(isOwn && session.token('party') !== undefined ? 'party' : 'none')
}
