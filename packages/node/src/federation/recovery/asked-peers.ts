/**
 * Asks every peer for the newest head of this node's own log that it has seen: as a mirror of it, and as a witness of it.
 */
import { mediaType } from '@comity/contract'
import { sha256 } from '@comity/crypto'
import {
  LogError,
  formatAddCheckpoint,
  noteVerifier,
  openNote,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
} from '@comity/log'
import { noteAlgorithms } from '../../crypto-port.ts'
import { FederationError, type FederationErrorCode } from '../federation-error.ts'
import { type Head, readHead } from '../mirror/head.ts'
import { mirrorUrl } from '../mirror/mirror-sources.ts'
import { PeerLog } from '../mirror/peer-log.ts'
import { type Fetch, type Peer, witnessPrefix } from '../peers/peer.ts'

/** What a mirror has: a head that the log signed, no copy, or no answer that counts. */
export type MirrorAnswer =
  | { readonly peer: Peer; readonly answer: 'head'; readonly head: Head; readonly source: PeerLog }
  | { readonly peer: Peer; readonly answer: 'no-copy' }
  | { readonly peer: Peer; readonly answer: 'none'; readonly code: FederationErrorCode; readonly message: string }

/** What a witness remembers, in entries; `none` where it did not say. */
export type WitnessAnswer =
  | { readonly peer: Peer; readonly answer: 'size'; readonly size: number }
  | { readonly peer: Peer; readonly answer: 'none'; readonly code: FederationErrorCode; readonly message: string }

const answerBytes = 64 * 1024
const answerMilliseconds = 30_000

/** The head that a peer's mirror of this log shows. `requireSigned` throws where the log did not sign it. */
export async function askMirror(
  peer: Peer,
  origin: string,
  fetch: Fetch,
  requireSigned: (head: Head) => void,
): Promise<MirrorAnswer> {
  const source = new PeerLog(mirrorUrl(peer.url, origin), peer.url, fetch)
  try {
    const head = readHead(await source.checkpoint(), origin)
    requireSigned(head)
    return { peer, answer: 'head', head, source }
  } catch (error) {
    if (!(error instanceof FederationError)) throw error
    const { code, message } = error
    return code === 'no-log' ? { peer, answer: 'no-copy' } : { peer, answer: 'none', code, message }
  }
}

/**
 * The size that a witness remembers of this log. It is asked to cosign the head that is held as the one it knows: it does
 * if that is so, and else names the size it knows (C2SP tlog-witness, status 409).
 */
export async function askWitness(
  peer: Peer,
  held: { readonly size: number; readonly note: string },
  fetch: Fetch,
): Promise<WitnessAnswer> {
  const none = (code: FederationErrorCode, message: string): WitnessAnswer => ({ peer, answer: 'none', code, message })
  try {
    const response = await fetch(`${witnessPrefix(peer)}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': mediaType.text },
      body: formatAddCheckpoint({ old: held.size, proof: [], checkpoint: held.note }),
      redirect: 'error',
      maxBytes: answerBytes,
      maxMilliseconds: answerMilliseconds,
    })
    const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim()
    const body = await response.text()
    if (response.status === 200 && hasCosigned(peer, held.note, body)) return { peer, answer: 'size', size: held.size }
    const isSize = response.status === 409 && type === mediaType.tlogSize && /^(?:0|[1-9][0-9]{0,14})\n$/.test(body)
    if (isSize) return { peer, answer: 'size', size: Number(body) }
    return none(
      'witness-refuses',
      `${peer.origin} does not say what it remembers of this log: status ${response.status}`,
    )
  } catch (error) {
    if (error instanceof FederationError) return none(error.code, error.message)
    if (error instanceof LogError) return none('witness-answer-malformed', `${peer.origin}: ${error.message}`)
    throw error
  }
}

function hasCosigned(peer: Peer, note: string, body: string): boolean {
  const verifiers = peer.witnessKeys.flatMap((key) => noteVerifier(parseVerifierKey(key, sha256), noteAlgorithms) ?? [])
  const { text } = parseNote(note)
  return openNote({ text, signatures: parseSignatureLines(body) }, verifiers).verified.length > 0
}
