/** The products of a party that has moved, stated again: a release or an advisory names one that its own log has. */
import { ClientError } from '@comity/contract'
import { decodeStatement } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { signed, submitChecked } from '../filing.ts'
import { type RoleKey, signerOf } from '../keys/role-key.ts'
import type { Session } from '../session.ts'
import { listed, type OldLog } from './party-move-chain.ts'
import type { Target } from './party-move-target.ts'

export interface StatedAgain {
  /** URNs of the products that stand in the new log now. */
  readonly stated: readonly string[]
  /** What the new log refused, with the reason: the party states it anew in its own time. */
  readonly refused: readonly { readonly product: string; readonly because: string }[]
}

/** Files the latest word on each product again, unless the new log has one. `key` is asked for only if there is any. */
export async function stateProductsAgain(
  session: Session,
  old: OldLog,
  target: Target,
  key: () => Promise<RoleKey>,
): Promise<StatedAgain> {
  const { urn } = session.profile
  const latest = new Map<string, string>()
  for await (const { sub, id, effective } of listed(old.register, { origin: old.origin, party: urn, kind: 'product' }))
    if (effective !== null) latest.set(sub, id)
  const there = new Set<string>()
  for await (const { sub } of listed(target.client, { origin: target.origin, party: urn, kind: 'product' }))
    there.add(sub)
  const stated: string[] = []
  const refused: { readonly product: string; readonly because: string }[] = []
  for (const [product, id] of latest) {
    if (there.has(product)) continue
    session.progress.update('Stating products again', stated.length, latest.size)
    const { payload } = decodeStatement(await old.register.rawStatement(id), crypto)
    const by = { iss: urn, signer: signerOf(await key()), iat: session.context.now() }
    try {
      const bytes = signed({ kind: 'product', sub: product, payload }, by)
      await submitChecked(session, target.client, bytes, { home: target.origin })
      stated.push(product)
    } catch (error) {
      if (!(error instanceof ClientError) || error.problem === undefined) throw error
      refused.push({ product, because: error.message })
    }
  }
  return { stated: [...there, ...stated], refused }
}
