import { type AdvisoryPayload, parseAdvisoryUrn } from '@comity/statement'
import type { Database } from '../register/database.ts'
import { logOf } from '../register/position.ts'
import type { ReadDocument } from './read-document.ts'
import type { RegisteredAdvisory } from './register-word.ts'

/** A document that says something about vulnerabilities, as far as matching and citing need it. All of it is public. */
export interface CitedDocument {
  readonly advisory: number
  /** Of one without a statement: address of the source and what that calls it. */
  readonly followed?: { readonly origin: string; readonly name: string }
  readonly published?: {
    /** `urn:comity:advisory:…` */
    readonly sub: string
    /** The statement in force, hex. */
    readonly statement: string
    /** The position at which it took effect. */
    readonly effective: number
    /** Who signed it. */
    readonly party: string
  }
  readonly remedy?: AdvisoryPayload['remedy']
  readonly withdrawn: boolean
  /** Why nothing in it can be matched. */
  readonly code?: string
}

/** An advisory, or a document that is followed, that cannot be matched wholly: never passed over in silence. */
export interface UnreadDocument extends Pick<CitedDocument, 'followed' | 'code'> {
  readonly sub?: string
  readonly statement?: string
  /** Parts that could not be used. */
  readonly problems: number
}

/** The documents that are in force: of each advisory, and of each name in a source, the latest. */
export class DocumentTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  get(advisory: number): CitedDocument | undefined {
    const row = this.#database.prepare('SELECT * FROM advisory WHERE advisory = ?').get(advisory)
    return row === undefined ? undefined : documentOf(row)
  }

  /** Whether a statement about an advisory counts beside the one that is held: what was said later does. */
  isLater({ sub, effective, at }: RegisteredAdvisory): boolean {
    const held = this.#row('', sub)
    if (held === undefined) return true
    const [heldEffective, heldAt] = [Number(held['effective']), Number(held['at'])]
    // In one log by the order of effect; of two, as where a publisher moved, by their times.
    if (logOf(effective) === logOf(heldEffective) || at === heldAt) return effective > heldEffective
    return at > heldAt
  }

  /** Puts a statement's document in the place of the one before. Returns its number. */
  putPublished(advisory: RegisteredAdvisory, read: ReadDocument): number {
    const { sub, effective, at, statement, payload } = advisory
    const isWithdrawn = payload.withdrawn !== undefined || isTakenBack(read)
    const remedy = payload.remedy === undefined ? null : JSON.stringify(payload.remedy)
    return this.#put('', sub, { effective, at, statement, digest: payload.document, remedy, isWithdrawn, read })
  }

  /** The same for a document that is followed without a statement. */
  putFollowed(origin: string, name: string, given: { digest: string; at: number; read: ReadDocument }): number {
    const { digest, at, read } = given
    const isWithdrawn = isTakenBack(read)
    return this.#put(origin, name, { effective: null, at, statement: null, digest, remedy: null, isWithdrawn, read })
  }

  /** The followed documents of a source that it still has, by name, with their digests. */
  followed(origin: string): ReadonlyMap<string, string> {
    const rows = this.#database
      .prepare("SELECT name, digest FROM advisory WHERE origin = ? AND origin <> '' AND digest <> '' ORDER BY name")
      .all(origin)
    return new Map(rows.map((row) => [String(row['name']), String(row['digest'])]))
  }

  origins(): readonly string[] {
    return this.#database
      .prepare("SELECT DISTINCT origin FROM advisory WHERE origin <> '' AND digest <> '' ORDER BY origin")
      .all()
      .map((row) => String(row['origin']))
  }

  /** Those that cannot be matched, wholly or in part, with those whose document has not come yet. */
  unread(): readonly UnreadDocument[] {
    return this.#database
      .prepare(
        `SELECT origin, name, statement, code, problems, advisory AS place FROM advisory WHERE code IS NOT NULL OR problems > 0
         UNION ALL SELECT '', sub, statement, 'document-missing', 0, effective FROM waiting ORDER BY place`,
      )
      .all()
      .filter((row) => row['code'] !== removedCode)
      .map((row) => {
        const [origin, name] = [String(row['origin']), String(row['name'])]
        const place =
          origin === '' ? { sub: name, statement: String(row['statement']) } : { followed: { origin, name } }
        return {
          ...place,
          ...(row['code'] !== null && { code: String(row['code']) }),
          problems: Number(row['problems']),
        }
      })
  }

  #row(origin: string, name: string): Readonly<Record<string, unknown>> | undefined {
    return this.#database.prepare('SELECT * FROM advisory WHERE origin = ? AND name = ?').get(origin, name)
  }

  #put(origin: string, name: string, row: PutRow): number {
    const { effective, at, statement, digest, remedy, isWithdrawn, read } = row
    this.#database
      .prepare(
        `INSERT INTO advisory (origin, name, effective, at, statement, digest, remedy, withdrawn, code, problems)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (origin, name) DO UPDATE SET effective = excluded.effective, at = excluded.at,
         statement = excluded.statement, digest = excluded.digest, remedy = excluded.remedy,
         withdrawn = excluded.withdrawn, code = excluded.code, problems = excluded.problems`,
      )
      .run(
        origin,
        name,
        effective,
        at,
        statement,
        digest,
        remedy,
        isWithdrawn ? 1 : 0,
        read.code ?? null,
        read.problems,
      )
    return Number(this.#row(origin, name)?.['advisory'])
  }
}

interface PutRow {
  readonly effective: number | null
  readonly at: number
  readonly statement: string | null
  readonly digest: string
  readonly remedy: string | null
  readonly isWithdrawn: boolean
  readonly read: ReadDocument
}

/** The source has it no more: it says nothing, and that is no failure to read it. */
export const removedCode = 'removed'

function isTakenBack({ known }: ReadDocument): boolean {
  return known.length > 0 && known.every(({ withdrawn }) => withdrawn !== undefined)
}

function documentOf(row: Readonly<Record<string, unknown>>): CitedDocument {
  const [origin, name] = [String(row['origin']), String(row['name'])]
  const party = parseAdvisoryUrn(name)?.party ?? ''
  const place =
    origin === ''
      ? { published: { sub: name, statement: String(row['statement']), effective: Number(row['effective']), party } }
      : { followed: { origin, name } }
  return {
    advisory: Number(row['advisory']),
    ...place,
    ...(row['remedy'] !== null && { remedy: JSON.parse(String(row['remedy'])) }),
    withdrawn: row['withdrawn'] === 1,
    ...(row['code'] !== null && { code: String(row['code']) }),
  }
}
