import type { AdvisoryStatusResponse } from '@comity/contract'
import { parseAdvisoryUrn } from '@comity/statement'
import type { Inbox } from '../federation/inbox/inbox.ts'
import type { MessageInfo } from '../federation/inbox/messages.ts'
import { advisoryDetails } from '../http/queries/advisories.ts'
import { Names } from '../http/queries/names.ts'
import { NodeError } from '../node-error.ts'
import type { ComityNode } from '../node.ts'
import { Sight } from '../register/sight.ts'

type Partner = Omit<AdvisoryStatusResponse['partners'][number], 'names'>

/** Messages of the publisher that are looked through, newest first, for those about the advisory. */
const messagesLooked = 2000
const messagesInAPage = 200

/**
 * How far an advisory has come: whom its publisher told by a sealed message (its subject is the advisory's URN), whose
 * nodes hold the log so far, who answered, and how. Partners are those; of somebody who said nothing it says nothing.
 *
 * Errors: `not-yours` for another party's advisory, `unknown-advisory`.
 */
export function advisoryStatus(
  party: string,
  urn: string,
  { node, inbox }: { readonly node: ComityNode; readonly inbox: Pick<Inbox, 'messages'> },
): AdvisoryStatusResponse {
  if (parseAdvisoryUrn(urn)?.party !== party)
    throw new NodeError('not-yours', 'only who published an advisory sees how far it has come')
  const details = advisoryDetails(node.reader, urn)
  if (details === undefined) throw new NodeError('unknown-advisory', 'no log that is known here has this advisory')
  const partners = new Map<string, Partner>()
  const note = (each: Partner): void => void partners.set(each.party, { ...each, ...partners.get(each.party) })
  for (const { party: by, state, justification, statement } of details.acknowledgements) {
    const { id, at } = statement
    const answer = { state, ...(justification === undefined ? {} : { justification }), statement: id, at }
    note({ party: by, answer })
  }
  for (const each of told(party, urn, inbox)) note(each)
  for (const each of holding(node, details.statement)) note(each)
  const names = new Names(node.reader, new Sight(node.reader))
  const all = [...partners.values()]
    .filter((each) => each.party !== party)
    .map((each) => ({ ...named(each), names: names.of(each.party).names }))
    .toSorted((a, b) => (a.party < b.party ? -1 : 1))
  const count = (is: (each: Partner) => boolean): number => all.filter(is).length
  return {
    urn,
    statement: details.statement,
    told: count((each) => each.told !== undefined),
    acknowledged: count(({ answer }) => answer !== undefined),
    remedied: count(({ answer }) => answer?.state === 'remedied'),
    silent: count(({ answer }) => answer === undefined),
    partners: all,
  }
}

/** Who answered was told, however. */
function named(each: Partner): Partner {
  const { told: known, answer } = each
  return known !== undefined || answer === undefined ? each : { ...each, told: { how: 'answer', at: answer.at } }
}

/** To whom sealed messages about it went, the newest to each. */
function told(party: string, urn: string, { messages }: Pick<Inbox, 'messages'>): readonly Partner[] {
  const found = new Map<string, Partner>()
  for (const { deliveries, direction, subject } of recent(party, messages)) {
    if (direction !== 'sent' || subject !== urn) continue
    for (const { to, state, code, at } of deliveries) {
      if (found.has(to)) continue
      const message = { state, ...(code === undefined ? {} : { code }), at }
      const isThere = state === 'taken' || state === 'delivered'
      found.set(to, { party: to, message, ...(isThere ? { told: { how: 'message', at } } : {}) })
    }
  }
  return [...found.values()]
}

function* recent(party: string, messages: Inbox['messages']): Generator<MessageInfo> {
  let cursor: string | undefined
  for (let looked = 0; looked < messagesLooked; looked += messagesInAPage) {
    const page = messages.list(party, { limit: messagesInAPage, cursor })
    yield* page.messages
    if (page.next === undefined) return
    cursor = page.next
  }
}

/** Keepers of the nodes that say that they hold this log so far. */
function holding(node: ComityNode, place: AdvisoryStatusResponse['statement']): readonly Partner[] {
  if (place.origin !== node.origin) return []
  return node.peers.list().flatMap(({ origin, keeper }): Partner[] => {
    const held = node.gossip.heldBy(origin)
    if (held === undefined || held.size <= place.effective || keeper === '') return []
    return [{ party: keeper, told: { how: 'mirror', at: held.at } }]
  })
}
