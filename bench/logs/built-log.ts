import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ComityNode } from '@comity/node'
import { type ProductPayload, instrumentUrn, productUrn } from '@comity/statement'
import { type Actor, actor, keeper } from '@comity/testkit'

const startedAt = 1_795_219_200

/** How many parties share the log, and how many statements are on their way to the node at a time. */
export const parties = 64
const inFlight = 1024

export interface BuiltLog {
  readonly directory: string
  readonly size: number
  remove(): void
}

/** A log of at least `n` statements, registered by a real node: products of 64 parties, with published findings. */
export async function buildLog(n: number): Promise<BuiltLog> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-bench-'))
  const home = keeper('bench')
  let at = startedAt
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now: () => at,
    party: home.founding(at),
    policy: home.policy(at),
  })
  const actors = Array.from({ length: parties }, (_, i) => actor(`bench ${i}`, home.origin))
  for (const each of actors) await node.submit(each.founding(at))
  for (const each of actors) await node.submit(each.sign('support', instrumentUrn('gids'), {}, at))
  for (let done = 0; done < n; done += inFlight) {
    at += 1
    const count = Math.min(inFlight, n - done)
    await Promise.all(Array.from({ length: count }, (_, i) => node.submit(productOf(actors, done + i, at))))
  }
  await node.publishFindings()
  const { size } = node.head
  await node.close()
  return { directory, size, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

function productOf(actors: readonly Actor[], i: number, at: number): Uint8Array {
  const party = actors[i % actors.length]
  if (party === undefined) throw new Error('the log has no parties')
  const payload: ProductPayload = {
    name: `Product ${i}`,
    description: 'A gateway that exists for this benchmark only.',
    purls: [`pkg:npm/%40bench/product-${i}`],
    updatePolicy: { mechanism: 'package-manager', consent: 'required', security: 'separate', rollback: true },
    portability: { formats: ['application/json'] },
  }
  return party.sign('product', productUrn(party.urn, `product-${i}`), payload, at)
}
