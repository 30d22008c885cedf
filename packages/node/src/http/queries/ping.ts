/**
 * A test of points of contact beside the directory of contacts. The directory is read from the register as it was when the
 * round was started: see docs/decisions/ping-and-directory.md.
 */
import type { CaseResponse } from '@comity/contract'
import { comparedWith, pingResults } from '@comity/procedures'
import type { Contact } from '@comity/statement'
import { type CaseRecord, filedWords, movesOf } from '../../register/cases.ts'
import { partyThen } from '../../register/party-then.ts'
import { indexOf } from '../../register/position.ts'
import type { CaseLook } from './cases.ts'

type Ping = NonNullable<CaseResponse['ping']>
type Answer = Ping['answers'][number]

/** Moves of the seat that are looked at: each participant answers once in a round. */
const answersMost = 1024

/** The latest round of a ping; undefined for any other case, and for one that nobody has started. */
export function pingIn(look: CaseLook, record: CaseRecord): Ping | undefined {
  const { procedure, case: of } = record
  const { type, function: office } = of.facts
  const round = of.clocks['answers']
  if (procedure.name !== 'exercise' || type !== 'ping' || round === undefined) return undefined
  const askedAt = round.startedAt
  const answers = answersIn(look, record, askedAt)
  return {
    // The schema of the opening move has it among these.
    function: office as Ping['function'],
    askedAt,
    answers: pingResults(of, answers, look.at).map(({ party, standing, statement }) => ({
      party: look.names.of(party),
      standing,
      ...besideTheDirectory(
        look,
        { party, office: String(office), askedAt },
        answers.find((each) => each.statement === statement),
      ),
    })),
  }
}

interface FoundAnswer {
  readonly statement: string
  readonly name: string
  readonly by: string
  readonly filedAt: number
  readonly origin: string
  readonly index: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Answers of this round as home logs have them, then as the seat does: what was filed first comes first. */
function answersIn({ database, sight }: CaseLook, record: CaseRecord, from: number): readonly FoundAnswer[] {
  const taken = movesOf(database, record.file, sight, { newest: true, limit: answersMost })
  return [
    ...filedWords(database, record, sight, { name: 'answer', from }),
    ...taken.filter(({ name, at }) => name === 'answer' && at >= from),
  ].toSorted((one, other) => one.filedAt - other.filedAt)
}

function besideTheDirectory(
  { database, sight }: CaseLook,
  { party, office, askedAt }: { readonly party: string; readonly office: string; readonly askedAt: number },
  found: FoundAnswer | undefined,
): Omit<Answer, 'party' | 'standing'> {
  const said = found === undefined ? undefined : saidIn(found)
  const answer =
    found === undefined
      ? {}
      : {
          answer: {
            ...said,
            statement: { id: found.statement, origin: found.origin, index: found.index, at: found.filedAt },
          },
        }
  const residence = sight.residenceOf(party)
  if (residence === undefined || residence.stays.length === 0) return { ...answer, directory: 'unseen', contacts: [] }
  const then = partyThen(database, residence, askedAt)
  if (then === undefined) return { ...answer, directory: 'none', contacts: [] }
  const { state, position, at } = then
  const contacts = state.contacts.filter((each: Contact) => each.function === office)
  const listedBy = { id: state.statement, origin: sight.originOf(position), index: indexOf(position), at }
  if (contacts.length === 0) return { ...answer, directory: 'none', contacts: [], listedBy }
  return {
    ...answer,
    directory: 'listed',
    contacts: contacts.map((each) => ({ ...each })),
    listedBy,
    ...(said === undefined ? {} : { compared: comparedWith(said, contacts) }),
  }
}

/** What an answer says of its contact. Filed at home and refused at the seat, it may say anything: that is not said. */
function saidIn({ body }: FoundAnswer) {
  const text = (name: string, form: RegExp): Readonly<Record<string, string>> => {
    const value = body[name]
    return typeof value === 'string' && form.test(value) ? { [name]: value } : {}
  }
  return {
    ...text('hours', /^[^]{1,200}$/),
    ...text('language', /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/),
    ...text('key', /^[0-9a-f]{64}$/),
  }
}
