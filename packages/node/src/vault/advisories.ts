import { type OsvRule, ExposureError, parseOsv, rulesOf } from '@comity/exposure'
import { type AdvisoryPayload, canonicalJson } from '@comity/statement'
import { type Blobs, StoreError } from '@comity/store'
import { sha256Hex } from '@comity/crypto'
import type { Database } from '../register/database.ts'

/** An advisory statement that took effect in the register. */
export interface RegisteredAdvisory {
  readonly effective: number
  readonly sub: string
  /** Identifier of the statement, hex. */
  readonly statement: string
  readonly payload: AdvisoryPayload
  /** The log's time when it took effect, in whole seconds. */
  readonly at: number
}

/** What matching takes from it. */
export interface ReadAdvisory {
  readonly rules: readonly OsvRule[]
  readonly withdrawn: boolean
  /** Why the document says nothing to matching, if so. */
  readonly code: string | undefined
  /** Parts of the document that could not be used. */
  readonly problems: number
  /**
   * Digest over everything that a user of the product acts on: packages, versions and ranges, the remedy, withdrawal.
   * A revision that leaves it as it was is nothing to be told of (CSAF 2.1, clause 17).
   */
  readonly matter: string
}

/** Largest advisory document that is read for matching, in octets; it is parsed in one go. The public ones have 1 MiB. */
const documentBytes = 4 * 1024 * 1024

/**
 * The advisories of one log in the order in which they took effect, from the position `from` up to before `to`, at most
 * `limit` of them.
 */
export function advisoriesBetween(register: Database, from: number, to: number, limit: number): RegisteredAdvisory[] {
  return register
    .prepare(
      `SELECT advisory.effective AS effective, advisory.sub AS sub, advisory.payload AS payload, entry.id AS id, closing.at AS at
       FROM advisory JOIN entry ON entry.position = advisory.position JOIN entry closing ON closing.position = advisory.effective
       WHERE advisory.effective >= ? AND advisory.effective < ? ORDER BY advisory.effective LIMIT ?`,
    )
    .all(from, to, limit)
    .map((row) => ({
      effective: Number(row['effective']),
      sub: String(row['sub']),
      // Safe: the column is a BLOB of 32 bytes.
      statement: Buffer.from(row['id'] as Uint8Array).toString('hex'),
      payload: JSON.parse(String(row['payload'])),
      at: Number(row['at']),
    }))
}

/** Reads the document of an advisory; there is none where no blobs are given. What cannot be read is said in `code`; only a failing disk throws (`io`). */
export function readAdvisory({ payload }: RegisteredAdvisory, blobs: Blobs | undefined): ReadAdvisory {
  const found = readDocument(payload, blobs)
  const withdrawn = payload.withdrawn ?? found.withdrawn
  const rules = found.rules.map((rule) => (withdrawn === undefined ? rule : { ...rule, withdrawn }))
  const matter = canonicalJson({
    rules: rules.map(matterOf).toSorted(),
    remedy: payload.remedy ?? null,
    withdrawn: withdrawn !== undefined,
    code: found.code ?? null,
  })
  const { code, problems } = found
  return { rules, withdrawn: withdrawn !== undefined, code, problems, matter: sha256Hex(Buffer.from(matter)) }
}

/** The order of packages and of listed versions means nothing, and neither does where they stand in the document. */
function matterOf({ key, ecosystem, name, ranges, versions }: OsvRule): string {
  // Safe: ranges are plain data, which canonicalJson takes as it is.
  return canonicalJson({ key, ecosystem, name, ranges, versions: versions.toSorted() })
}

interface ReadDocument {
  readonly rules: readonly OsvRule[]
  readonly withdrawn: string | undefined
  readonly code: string | undefined
  readonly problems: number
}

function readDocument(payload: AdvisoryPayload, blobs: Blobs | undefined): ReadDocument {
  const digest = payload.document.slice('sha256:'.length)
  const unread = (code: string): ReadDocument => ({ rules: [], withdrawn: undefined, code, problems: 0 })
  const size = blobs?.size(digest)
  if (blobs === undefined || size === undefined) return unread('document-missing')
  if (size > documentBytes) return unread('too-large')
  try {
    const { advisory, total } = parseOsv(blobs.get(digest))
    return { rules: rulesOf(advisory), withdrawn: advisory.withdrawn, code: undefined, problems: total }
  } catch (error) {
    if (error instanceof ExposureError) return unread(error.code)
    if (error instanceof StoreError && error.code === 'damaged') return unread('document-damaged')
    throw error
  }
}
