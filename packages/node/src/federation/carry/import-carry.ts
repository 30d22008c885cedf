/** Takes carried files into a node: through the same mirrors, and with the same verification, as over the network. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { StoreError } from '@comity/store'
import { documentLimit } from '../../documents.ts'
import type { ComityNode } from '../../node.ts'
import { isWithheld } from '../../register/withheld.ts'
import type { CarryFault, CarryFile } from './carry-file.ts'
import { carriedUrl } from './carried-fetch.ts'
import { type CarrySignature, checkCarrySignature } from './carry-signature.ts'

/** Rounds without anything new after which nothing more is to be had. */
const idleRounds = 3

export interface CarryImport {
  /** Opened with `carriedFetch` over the same files, and served by nobody. */
  readonly node: ComityNode
  readonly files: readonly CarryFile[]
  /** Logs that are not followed so far and shall be, with the party that must keep each. */
  readonly follow?: ReadonlyMap<string, string>
}

/** What became of one log that the files hold. */
export interface ImportedLog {
  readonly origin: string
  readonly keeper: string
  /** Entries held before and after, and of the newest head that was carried. */
  readonly before: number
  readonly size: number
  readonly carried: number
  /** `taken`: all that was carried is here. `partly`: go on with the other parts. */
  readonly outcome: 'taken' | 'partly' | 'nothing-new' | 'not-followed' | 'own' | 'gap' | 'refused'
  readonly error?: { readonly code: string; readonly message: string }
}

export interface ImportedFile {
  readonly path: string
  readonly by?: string
  readonly at?: number
  readonly signature: CarrySignature | 'missing'
  readonly faults: readonly CarryFault[]
}

export interface CarryImported {
  readonly files: readonly ImportedFile[]
  readonly logs: readonly ImportedLog[]
  /** Documents that were stored. */
  readonly documents: number
}

/** Throws FederationError as adding a peer does; what is wrong with a file or a log is in the report. */
export async function importCarry({ node, files, follow = new Map() }: CarryImport): Promise<CarryImported> {
  const origins = [...new Set(files.flatMap(({ logs }) => logs.map(({ origin }) => origin)))]
  const held = (origin: string): number => node.mirrors.find(origin)?.copy.size ?? 0
  const before = new Map(origins.map((origin) => [origin, held(origin)]))
  for (const [origin, keeper] of follow)
    if (node.peers.find(origin) === undefined) await node.peers.add({ url: carriedUrl(origin), keeper })
  await node.mirrors.follow(node.peers.list())
  await settle(node, origins)
  const documents = await storeDocuments(node, files)
  return {
    files: files.map((file) => importedFile(file, node)),
    logs: origins.map((origin) => importedLog(origin, { node, files, before: before.get(origin) ?? 0 })),
    documents,
  }
}

/** Steps until nothing comes any more. What an earlier failure would wait for is not waited for. */
async function settle(node: ComityNode, origins: readonly string[]): Promise<void> {
  const sizes = (): string => origins.map((origin) => node.mirrors.find(origin)?.copy.size ?? 0).join(' ')
  let last = ''
  for (let idle = 0; idle < idleRounds;) {
    await node.mirrors.step(node.now())
    const now = sizes()
    idle = now === last ? idle + 1 : 0
    last = now
    await nextTurn()
  }
}

/** Those that are cited, not withheld and not here yet. */
async function storeDocuments(
  { truth, reader, documents: own }: ComityNode,
  files: readonly CarryFile[],
): Promise<number> {
  let stored = 0
  for (const file of files) {
    for (const [digest, body] of file.documents) {
      if (own.has(digest) || isWithheld(reader, digest)) continue
      if (reader.prepare('SELECT 1 FROM document WHERE digest = ? LIMIT 1').get(digest) === undefined) continue
      try {
        await truth.blobs.put(file.pieces(body), digest.slice('sha256:'.length), { maxBytes: documentLimit })
        stored += 1
      } catch (error) {
        // What is not what its digest says: another part may have the right one.
        if (!(error instanceof StoreError) || error.code !== 'digest-mismatch') throw error
      }
    }
  }
  return stored
}

function importedFile({ path, exporter, signature, faults }: CarryFile, node: ComityNode): ImportedFile {
  const known = exporter === undefined ? {} : { by: exporter.by, at: exporter.at }
  if (signature === undefined) return { path, ...known, signature: 'missing', faults }
  const checked = checkCarrySignature(signature.jws, signature.read, (urn) => node.findParty(urn))
  const fault: readonly CarryFault[] =
    checked === 'wrong'
      ? [{ code: 'carry-wrong-signature', message: `${path}: its signature is not one over what it holds` }]
      : []
  return { path, ...known, signature: checked, faults: [...faults, ...fault] }
}

function importedLog(
  origin: string,
  { node, files, before }: { readonly node: ComityNode; readonly files: readonly CarryFile[]; readonly before: number },
): ImportedLog {
  const heads = files.flatMap(({ logs }) => logs.filter((each) => each.origin === origin))
  const carried = Math.max(...heads.map(({ size }) => size))
  const since = Math.min(...heads.map((head) => head.since))
  const keeper = heads[0]?.keeper ?? ''
  const mirror = node.mirrors.find(origin)
  const size = mirror?.copy.size ?? 0
  const told = { origin, keeper, before, size, carried }
  if (origin === node.origin) return { ...told, size: node.head.size, before: node.head.size, outcome: 'own' }
  if (mirror === undefined || node.peers.find(origin)?.mirror !== true) return { ...told, outcome: 'not-followed' }
  if (size >= carried && !mirror.isQuarantined) return { ...told, outcome: size > before ? 'taken' : 'nothing-new' }
  if (size < since) {
    const message = `the file begins at entry ${since} of ${origin}, and ${size} are held here: ask for an export since ${size}`
    return { ...told, outcome: 'gap', error: { code: 'carry-gap', message } }
  }
  const { lastError } = mirror.state(node.now())
  const error = mirror.isQuarantined
    ? { code: 'equivocated', message: `${origin} signed two checkpoints that contradict each other` }
    : lastError && { code: lastError.code, message: lastError.message }
  const isPartly = !mirror.isQuarantined && (error === undefined || error.code === 'entries-missing')
  return { ...told, outcome: isPartly ? 'partly' : 'refused', ...(error === undefined ? {} : { error }) }
}
