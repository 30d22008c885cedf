import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ComityNode } from '@comity/node'
import { type ProductPayload, productUrn } from '@comity/statement'
import { type Actor, actor, keeper, writeLog } from '@comity/testkit'

const startAt = 1_795_219_200

/** How many parties share the log, and how many statements a batch of it has: the most that a node takes. */
export const parties = 64
const batch = 1024

export interface BuiltLog {
  readonly directory: string
  readonly size: number
  remove(): void
}

/** A log of at least `n` statements: products of 64 parties, judged by a node that publishes the findings about them. */
export async function buildLog(n: number): Promise<BuiltLog> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-bench-'))
  const home = keeper('bench')
  const authors = Array.from({ length: parties }, (_, i) => actor(`bench ${i}`, home.origin))
  await writeLog({ directory, home, statements: n, batch, startAt, authors, areBound: true, statement: productOf })
  const endAt = startAt + Math.ceil(n / batch)
  const node = await ComityNode.open({ directory, keys: home.keys, now: () => endAt })
  await node.publishFindings()
  const { size } = node.head
  await node.close()
  return { directory, size, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

function productOf(authors: readonly Actor[], number: number, at: number): Uint8Array {
  const author = authors[number % authors.length]
  if (author === undefined) throw new RangeError('there are no authors')
  const payload: ProductPayload = {
    name: `Product ${number}`,
    description: 'A gateway that exists for this benchmark only.',
    purls: [`pkg:npm/%40bench/product-${number}`],
    updatePolicy: { mechanism: 'package-manager', consent: 'required', security: 'separate', rollback: true },
    portability: { formats: ['application/json'] },
  }
  return author.sign('product', productUrn(author.urn, `product-${number}`), payload, at)
}
