import { type CorePayloads, instrumentUrn, productUrn, signStatement } from '@comity/statement'
import { openFiles } from '@comity/store'
import { type Actor, type Keeper, actor } from './actors.ts'

export interface WrittenLog {
  readonly directory: string
  readonly home: Keeper
  /** Statements to write beside parties and time leaves. */
  readonly statements: number
  /** Statements between two time leaves; 64 where nobody says otherwise. */
  readonly batch?: number
  /** Whose statements they are; 32 parties that support nothing where nobody says otherwise. */
  readonly authors?: readonly Actor[]
  /** The authors support the Initiative first, so that there are findings about them. */
  readonly areBound?: boolean
  /** The `number`-th statement; a product of one of the authors where nobody says otherwise. */
  readonly statement?: (authors: readonly Actor[], number: number, at: number) => Uint8Array
  /** Time of the first entry, whole seconds since the epoch. */
  readonly startAt: number
  /** Seconds from one batch to the next; 1 where nobody says otherwise. */
  readonly pause?: number
  readonly onProgress?: (done: number) => void
}

/** Bytes that a written log has, by what they are. */
export interface WrittenBytes {
  readonly entries: number
  /** Statements and time leaves, without framing. */
  readonly leafBytes: number
}

/**
 * Writes a valid log straight into a data folder, every statement truly signed but none judged: for benchmarks that
 * need a large log sooner than a node would register one. A node that opens the folder judges all of it.
 */
export async function writeLog(options: WrittenLog): Promise<WrittenBytes> {
  const { home, statements, startAt, batch: batchSize = 64, pause = 1, statement = productStatement } = options
  const authors = options.authors ?? Array.from({ length: 32 }, (_, i) => actor(`author ${i}`, home.origin))
  const truth = await openFiles({ directory: options.directory })
  const stream = await truth.stream('public')
  let leafBytes = 0
  const append = async (leaves: readonly Uint8Array[], at: number) => {
    const closed = [...leaves, timeLeaf(home, at)]
    for (const leaf of closed) leafBytes += leaf.length
    await stream.append(closed)
  }
  await append([home.founding(startAt), home.policy(startAt)], startAt)
  await append(
    authors.map((author) => author.founding(startAt)),
    startAt,
  )
  if (options.areBound === true) {
    await append(
      authors.map((author) => author.sign('support', instrumentUrn('gids'), {}, startAt)),
      startAt,
    )
  }
  let at = startAt
  for (let done = 0; done < statements; done += batchSize) {
    at += pause
    const count = Math.min(batchSize, statements - done)
    await append(
      Array.from({ length: count }, (_, i) => statement(authors, done + i, at)),
      at,
    )
    options.onProgress?.(done + count)
  }
  const entries = stream.size
  await truth.close()
  return { entries, leafBytes }
}

/** The `number`-th product statement of a crowd of authors: one in fifty replaces an earlier one. */
export function productStatement(authors: readonly Actor[], number: number, at: number): Uint8Array {
  const author = authors[number % authors.length]
  if (author === undefined) throw new RangeError('there are no authors')
  const slug = `p${number % 50 === 0 ? 0 : number}`
  return author.sign('product', productUrn(author.urn, slug), { name: `Product ${number}`, updatePolicy }, at)
}

const updatePolicy: CorePayloads['product']['updatePolicy'] = {
  mechanism: 'package-manager',
  consent: 'required',
  security: 'separate',
  rollback: true,
}

function timeLeaf(home: Keeper, at: number): Uint8Array {
  const payload = { at, cosigned: [] }
  return signStatement({ kind: 'time', iss: home.urn, sub: home.origin, iat: at, payload, signer: home.keys.receipt })
}
