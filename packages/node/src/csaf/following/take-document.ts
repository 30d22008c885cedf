import { largestItem, type TakenItem } from '../../sources/source-record.ts'
import { isPassing, refuse, type Run } from '../../sources/run.ts'
import type { SourceFault } from '../../sources/source.ts'
import type { Asker } from '../../sources/ask.ts'
import type { Copy, ExaminedCopy } from '../examine-copy.ts'
import type { SigningKey } from '../key-book.ts'
import type { ListedDocument } from './read-lists.ts'

/** Octets of a hash file and of a signature. */
const largestHash = 64 * 1024
const largestSignature = 256 * 1024

export interface Taking {
  readonly run: Run
  /** The list that it stands in. */
  readonly list: string
  readonly rules: string
  /** Public keys of the provider, in ASCII armor. */
  readonly keys: readonly string[]
  readonly trusted: boolean
  readonly signingKey: SigningKey
  readonly examine: (copy: Copy) => Promise<ExaminedCopy>
}

/** `fault`: what the network or the server did, which is recorded with the run alone, for the next one tries again. */
export type Taken =
  | { readonly outcome: 'taken' | 'refused' }
  | { readonly outcome: 'missing'; readonly fault: SourceFault }

/** Fetches one document with what stands beside it, checks it, and makes it durable: first its octets, then the record. */
export async function takeDocument(taking: Taking, document: ListedDocument): Promise<Taken> {
  const { run, list, rules } = taking
  const { url, released: stamp } = document
  const refused = async (faults: readonly SourceFault[]): Promise<Taken> => {
    const passing = faults.find((fault) => isPassing([fault]))
    if (passing !== undefined) return { outcome: 'missing', fault: passing }
    await refuse(run, { item: url, list, stamp, rules, faults })
    return { outcome: 'refused' }
  }
  const [answer, hashes, signature] = await Promise.all([
    run.asker.ask(url, { maxBytes: largestItem }),
    hashesOf(run.asker, document),
    run.asker.ask(document.signature ?? `${url}.asc`, { maxBytes: largestSignature }),
  ])
  if (answer.kind !== 'got') return refused(answer.kind === 'unchanged' ? [] : [answer.fault])
  const failed = [...hashes.map((each) => each.answer), signature].find(({ kind }) => kind === 'failed')
  if (failed?.kind === 'failed') return refused([failed.fault])
  const { bytes, state } = answer
  const at = run.now()
  const { secretKey, fingerprint } = taking.signingKey
  const examined = await taking.examine({
    bytes,
    fileName: url.slice(url.lastIndexOf('/') + 1),
    hashes: hashes.flatMap(({ algorithm, answer: given }) =>
      given.kind === 'got' ? [{ algorithm, text: Buffer.from(given.bytes).toString('latin1', 0, 1024) }] : [],
    ),
    signature: signature.kind === 'got' ? Buffer.from(signature.bytes).toString('latin1') : undefined,
    keys: taking.keys,
    trusted: taking.trusted,
    signWith: { secretKey, at },
  })
  if (examined.kind === 'refused') return refused(examined.faults)
  const digest = `sha256:${state.digest}`
  await run.put(digest, bytes)
  const { facts, sha512, signedBy } = examined
  const item: TakenItem = {
    record: 'item',
    at,
    item: url,
    stamp,
    list,
    digest,
    size: bytes.length,
    csaf: {
      facts,
      sha512,
      signature: examined.signature,
      signedBy: signedBy === undefined ? 'node' : 'publisher',
      key: signedBy ?? fingerprint,
      hashes: hashes.flatMap((each) => (each.answer.kind === 'got' ? [each.algorithm] : [])),
    },
  }
  await run.log.append([item])
  return { outcome: 'taken' }
}

interface AskedHash {
  readonly algorithm: 'sha256' | 'sha512'
  readonly answer: Awaited<ReturnType<Asker['ask']>>
}

/** The hash files that the list names; else the stronger of those that usually stand beside a document. */
async function hashesOf(asker: Asker, { url, hashes }: ListedDocument): Promise<readonly AskedHash[]> {
  const ask = async (address: string, algorithm: AskedHash['algorithm']): Promise<AskedHash> => ({
    algorithm,
    answer: await asker.ask(address, { maxBytes: largestHash }),
  })
  const named = hashes.flatMap((address) => {
    const algorithm = /\.sha(256|512)$/i.exec(URL.parse(address)?.pathname ?? '')?.[1]
    return algorithm === undefined ? [] : [ask(address, algorithm === '256' ? 'sha256' : 'sha512')]
  })
  if (named.length > 0) return Promise.all(named)
  const strong = await ask(`${url}.sha512`, 'sha512')
  return strong.answer.kind === 'absent' ? [await ask(`${url}.sha256`, 'sha256')] : [strong]
}
