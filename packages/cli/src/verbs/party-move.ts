/**
 * `comity party move`: a party takes its statements to another log from now on.
 *
 *     ask the new home              does it take the party? Nothing is filed unless it does
 *     copies at the new home        of every party statement so far, with the approvals they needed: without effect
 *     the move at the old home      a party statement that names the new one, with its receipt
 *     its copy at the new home      with it the party is at home there
 *     continuation there            with the old log's head and the proof that it has the move
 *     its products there            stated again, for a release names one that its own log has
 *     the profile in this home      from now on commands file at the new node
 *
 * Each step looks first whether it was done: killed anywhere, the same command goes on. A copy is taken twice without
 * being registered twice, and a move that stands in the old log is never signed again.
 */
import { ClientError, createClient } from '@comity/contract'
import { decodeStatement, type PartyPayload } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { type CheckedFiling, signed, submitChecked } from '../filing.ts'
import { signingKey } from '../keys/open-keys.ts'
import { type RoleKey, signerOf } from '../keys/role-key.ts'
import { short } from '../names.ts'
import { checkFree } from '../output-file.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { countText, fields, plural, wrap } from '../terminal/text.ts'
import { type Chain, chainOf, type Copy, listed, type OldLog } from './party-move-chain.ts'
import { continuationPayload } from './party-move-proof.ts'
import { type StatedAgain, stateProductsAgain } from './party-move-products.ts'
import { checkTaken, openTarget, type Target, type Terms } from './party-move-target.ts'
import { approversIn, fileOrHandOn, signedParty } from './party-statement.ts'

interface MoveOptions extends GlobalOptions {
  readonly to: string
  readonly toTokenFile?: string
  readonly check?: boolean
  readonly unfollowed?: boolean
  readonly approveWith?: readonly string[]
  readonly key?: string
  readonly out?: string
  readonly force?: boolean
}

export async function move(session: Session, options: MoveOptions): Promise<Result> {
  const { profile } = session
  if (options.out !== undefined) checkFree(session.path(options.out), options.force)
  const target = await openTarget(session, options.to, options.toTokenFile)
  try {
    if (target.origin === profile.home) return await alreadyThere(session, target)
    const { old, admitted } = await oldLogOf(session, target)
    return await moveFrom(session, { old, admitted, target, options })
  } finally {
    await target.close()
  }
}

interface Moving {
  readonly old: OldLog
  /** What the old log admits; undefined where its node does not answer. */
  readonly admitted: readonly string[] | undefined
  readonly target: Target
  readonly options: MoveOptions
}

async function moveFrom(session: Session, moving: Moving): Promise<Result> {
  const { old, admitted, target, options } = moving
  const { profile } = session
  const before = await chainOf(old, profile.urn)
  checkWhereTo(session, before, moving)
  const terms = await session.progress.during(
    `Asking ${target.address}`,
    checkTaken(target, { urn: profile.urn, chain: before, admitted, unfollowed: options.unfollowed === true }),
  )
  if (options.check === true) return checked(session, moving, before, terms)
  const key = keysOnDemand(session, options)
  const chain = before.last.party.home === target.origin ? before : await leave(session, moving, before, key)
  if ('text' in chain) return chain
  await fileCopies(session, target, chain.copies)
  const continuation = await fileContinuation(session, moving, chain.last, key)
  const products = await stateProductsAgain(session, old, target, () => key('product'))
  const token = await tokenAt(target, profile.urn, profile.alias)
  const keptToken = session.home.settle(profile, { home: target.origin, ...target.place }, token)
  return moved(session, moving, { chain, terms, continuation, products, hasToken: token !== undefined, keptToken })
}

/** The log that the party leaves: its own node, or, where that answers no more, the copy that the new home keeps. */
async function oldLogOf(session: Session, target: Target): Promise<Pick<Moving, 'old' | 'admitted'>> {
  const { home: origin, alias } = session.profile
  try {
    const client = await session.client('party')
    const { origin: served, keeper } = await client.status()
    if (served !== origin) {
      throw new CliError('refused', `${session.address} serves the log ${served}; ${alias} is at home in ${origin}`)
    }
    if (keeper.urn === session.profile.urn) {
      throw new CliError(
        'usage',
        `${alias} keeps the log ${short(origin)}, which ends without its keeper: it cannot move. Found a party of its own for the new home`,
      )
    }
    const { policy } = await client.policy()
    return { old: { origin, register: client, log: client }, admitted: policy.kinds }
  } catch (error) {
    if (!(error instanceof ClientError && error.code === 'unreachable')) throw error
    const log = createClient({ baseUrl: `${target.address}/mirrors/${encodeURIComponent(origin)}` })
    const register = createClient({ baseUrl: target.address })
    try {
      await log.checkpoint()
    } catch {
      throw error // nobody has a copy either
    }
    return { old: { origin, register, log }, admitted: undefined }
  }
}

function checkWhereTo({ profile }: Session, { last }: Chain, { old, target, admitted }: Moving): void {
  const { home } = last.party
  if (home !== old.origin && home !== target.origin) {
    throw new CliError(
      'refused',
      `${profile.alias} moved to ${home} before: first finish that, with its address in --to`,
    )
  }
  if (home === old.origin && admitted === undefined) {
    throw new CliError(
      'unreachable',
      `the node of ${old.origin} does not answer, and the move has to be stated there: try again when it does`,
    )
  }
}

/** The party's signing key, opened once and only when something is to be signed. */
function keysOnDemand(session: Session, options: MoveOptions): (kind: string) => Promise<RoleKey> {
  const { home, profile } = session
  const given = { ...session.options, ...(options.key === undefined ? {} : { key: session.path(options.key) }) }
  let opened: RoleKey | undefined
  return async (kind) => {
    opened ??= await signingKey(session, { home, profile, kind }, given)
    // What it cannot sign at the end is said before the party leaves.
    const lacking = ['party', 'continuation', kind].find((each) => opened?.kinds?.includes(each) === false)
    if (lacking === undefined) return opened
    throw new CliError('missing-key', `a move takes a key that may sign ${lacking}: give another with --key`)
  }
}

/** Copies that the new home has already are taken again and registered once. */
async function fileCopies({ progress }: Session, { client, origin }: Target, copies: readonly Copy[]): Promise<void> {
  for (const [i, { bytes, id }] of copies.entries()) {
    progress.update('Copying to the new home', i, copies.length)
    try {
      await client.submit(bytes)
    } catch (error) {
      if (!(error instanceof ClientError) || error.code === 'unreachable') throw error
      throw new CliError('refused', `${short(origin)} does not take the copy of ${id}: ${error.message}`, {
        inner: error.code,
        cause: error,
      })
    }
  }
}

/**
 * States the move at the old home. Resolves with the chain that ends in it, or with what is to be said where it first
 * takes more keys than are at hand.
 */
async function leave(
  session: Session,
  { old, target, options }: Moving,
  { copies, last }: Chain,
  key: (kind: string) => Promise<RoleKey>,
): Promise<Chain | Result> {
  const signer = await key('party')
  // That it takes these is the last thing to know before the party leaves.
  await fileCopies(session, target, copies)
  const { alias, urn } = session.profile
  const { compromise: _compromise, documents: _documents, ...stays } = last.party
  const payload: PartyPayload = { ...withInboxAt(stays, target.address), previous: last.id, home: target.origin }
  const said = await fileOrHandOn(session, old.register, signedParty(session, payload, signer), {
    approvers: await approversIn(session, options.approveWith),
    title: `the move of ${alias} to ${short(target.origin)}`,
    out: options.out ?? `${alias}-move.cbor`,
    force: options.force,
  })
  const chain = await chainOf(old, urn)
  if (chain.last.party.home === target.origin) return chain
  return { ...said, text: `${said.text}\n\n${wrap('When it is registered, the same command goes on.')}` }
}

/** Sealed messages are brought to the node where a party is at home: an address that it published moves along. */
function withInboxAt(payload: PartyPayload, url: string): PartyPayload {
  const { contacts } = payload
  if (contacts === undefined) return payload
  return { ...payload, contacts: contacts.map((each) => (each.function === 'inbox' ? { ...each, url } : each)) }
}

async function fileContinuation(
  session: Session,
  { old, target }: Moving,
  stated: Copy,
  key: (kind: string) => Promise<RoleKey>,
): Promise<Pick<CheckedFiling, 'index'> & { readonly id: string }> {
  const { urn } = session.profile
  const standing = await continuationAt(target, urn, stated.id)
  if (standing !== undefined) return standing
  const { origin } = old
  const payload = await continuationPayload(old.log, { origin, index: stated.index, leaf: leafOf(stated) })
  const roleKey = await key('continuation')
  const by = { iss: urn, signer: signerOf(roleKey), iat: session.context.now() }
  const bytes = signed({ kind: 'continuation', sub: target.origin, payload }, by)
  const { statement, index } = await submitChecked(session, target.client, bytes, { home: target.origin })
  return { id: statement.id, index }
}

function leafOf({ bytes }: Copy): Uint8Array {
  return decodeStatement(bytes, crypto).leaf
}

/** The continuation that stands at the new home behind this move, if it does. */
async function continuationAt(
  { client, origin }: Target,
  party: string,
  moveId: string,
): Promise<{ readonly id: string; readonly index: number } | undefined> {
  let movedAt = Number.POSITIVE_INFINITY
  for await (const each of listed(client, { origin, party, kind: 'party' }))
    if (each.id === moveId) movedAt = each.index
  for await (const each of listed(client, { origin, party, kind: 'continuation' }))
    if (each.index > movedAt) return { id: each.id, index: each.index }
  return undefined
}

/** A token of the party's own where it may be issued, else the one that was given. */
async function tokenAt({ client, token }: Target, party: string, alias: string): Promise<string | undefined> {
  if (token === undefined) return undefined
  try {
    return (await client.issueToken({ label: `${alias}, made by comity party move`, party, admin: false })).secret
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not-permitted' || error.code === 'not-authorised'))
      return token
    throw error
  }
}

async function alreadyThere({ profile }: Session, { client, origin }: Target): Promise<Result> {
  const { home } = await client.party(profile.urn)
  if (home !== origin) throw new CliError('refused', `${profile.alias} has left ${short(origin)} for ${home}`)
  return {
    text: wrap(`${profile.alias} is at home in ${short(origin)} already: nothing was filed.`),
    json: { urn: profile.urn, alias: profile.alias, home: origin, moved: false },
  }
}

function checked({ profile }: Session, { old, target }: Moving, { copies, last }: Chain, terms: Terms): Result {
  return {
    text: [
      wrap(`It would be taken: ${profile.alias} by ${short(target.origin)}. Nothing was filed.`),
      fields([
        ['from', short(old.origin)],
        ['to', `${short(target.origin)}\n${target.address}`],
        ['to copy', plural(copies.length + (last.party.home === target.origin ? 0 : 1), 'statement')],
        ['no longer', kindsText(terms)],
      ]),
    ].join('\n'),
    json: { urn: profile.urn, alias: profile.alias, from: old.origin, to: target.origin, kindsLost: terms.kindsLost },
  }
}

function kindsText({ kindsLost }: Terms): string | undefined {
  return kindsLost.length === 0 ? undefined : `${kindsLost.join(', ')}: the new log does not admit them`
}

/** The name that the party gave it, of `urn:comity:product:<party>:<name>`. */
function nameOfProduct(urn: string): string {
  return urn.slice(urn.lastIndexOf(':') + 1)
}

interface Outcome {
  readonly chain: Chain
  readonly terms: Terms
  readonly continuation: { readonly id: string; readonly index: number }
  readonly products: StatedAgain
  readonly hasToken: boolean
  readonly keptToken: string | undefined
}

function moved(
  { profile, home }: Session,
  { old, target }: Moving,
  { chain: { copies, last }, terms, continuation, products, hasToken, keptToken }: Outcome,
): Result {
  const { alias, urn } = profile
  return {
    text: [
      `Moved: ${alias} to ${short(target.origin)}`,
      fields([
        ['party', urn.slice(-64)],
        ['move', `${last.id}\nentry ${countText(last.index)} of log ${short(old.origin)}`],
        ['copies', plural(copies.length, 'statement')],
        ['continued', `${continuation.id}\nentry ${countText(continuation.index)} of log ${short(target.origin)}`],
        ['products', products.stated.length === 0 ? undefined : products.stated.map(nameOfProduct).join(', ')],
        [
          'not taken',
          products.refused.length === 0
            ? undefined
            : products.refused.map(({ product, because }) => `${nameOfProduct(product)}: ${because}`).join('\n'),
        ],
        ['node', target.place.node ?? target.place.data],
        ['token', hasToken ? undefined : 'none: the node takes statements from anybody'],
        ['no longer', kindsText(terms)],
      ]),
      '',
      wrap(
        `What ${alias} stated in ${short(old.origin)} stays there, and counts. What is private at that node (inventories, messages) nobody else has: fetch from there what you need of it.`,
      ),
      ...(last.party.keys.some(({ roles }) => roles.includes('seal'))
        ? [wrap(`The new node opens no messages yet: comity message key --as ${alias} --recovery-file FILE`)]
        : []),
      ...(keptToken === undefined ? [] : [wrap('The token for the old node is kept in:'), `  ${keptToken}`]),
      wrap(`Whoever else signs or approves for ${alias} runs the same command in their own home.`),
    ].join('\n'),
    json: {
      urn,
      alias,
      from: old.origin,
      to: target.origin,
      move: last.id,
      copies: copies.length,
      continuation: continuation.id,
      products,
      home: home.path,
      keptToken: keptToken ?? null,
      moved: true,
    },
  }
}
