import { type Aliases, canonical, foldAliases, type KnownAdvisory, type Rule } from '@comity/exposure'
import type { Database } from '../register/database.ts'
import { type NamedKnown, namesAround } from './names-around.ts'
import type { Pace } from './pace.ts'

/** What one document says about one vulnerability, without its rules. */
export type KnownBody = Omit<KnownAdvisory, 'rules' | 'problems' | 'remediation'>

/** It, where it is kept. */
export interface Source {
  readonly known: number
  /** Number of the document. */
  readonly advisory: number
  readonly body: KnownBody
}

/** What a document that came, changed or went has changed. */
export interface Change {
  /** Vulnerabilities of which something else is known now, or which are called otherwise. */
  readonly vulnerabilities: ReadonlySet<string>
  /** Components with one of these keys may be concerned. */
  readonly keys: ReadonlySet<string>
  /** What a vulnerability that is no longer called so is called now. */
  readonly heirs: ReadonlyMap<string, readonly string[]>
}

/**
 * What documents say of vulnerabilities, all of it public: their rules by key, and which vulnerability each is about,
 * under whatever names it has. Names are folded as `foldAliases` does it, over no more than what a change can reach.
 */
export class KnownTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Puts what a document says now in place of what it said. */
  async replace(advisory: number, known: readonly KnownAdvisory[], pace: Pace): Promise<Change> {
    const before = this.#numbersOf(advisory)
    const names = new Set(before.flatMap((each) => this.#namesOf(each)))
    const keys = new Set(before.flatMap((each) => this.#keysOf(each)))
    const vulnerabilities = new Set(before.flatMap((each) => this.#concernsOf(each)))
    const isMoving = known.some((each) => each.replacedBy.length > 0) || before.some((each) => this.#isReplaced(each))
    for (const each of before) await this.#remove(each, pace)
    for (const [n, each] of known.entries()) {
      for (const name of await this.#insert(advisory, n, each, pace)) names.add(name)
      for (const { key } of each.rules) keys.add(key)
    }
    const aliases = this.#refold(namesAround(this.#database, names, isMoving), vulnerabilities, keys)
    const heirs = [...vulnerabilities].map((id) => [id, aliases.vulnerabilitiesOf(id).filter((each) => each !== id)])
    return {
      vulnerabilities,
      keys,
      // Safe: pairs of an identifier and those that took its place.
      heirs: new Map(heirs as [string, string[]][]),
    }
  }

  /** What is known of a vulnerability, in the order in which the documents came. */
  sourcesOf(vulnerability: string): readonly Source[] {
    return this.#database
      .prepare(
        `SELECT known.known AS known, advisory, body FROM concern JOIN known USING (known)
         WHERE vulnerability = ? ORDER BY advisory, n`,
      )
      .all(vulnerability)
      .map((row) => ({
        known: Number(row['known']),
        advisory: Number(row['advisory']),
        body: JSON.parse(String(row['body'])),
      }))
  }

  /** The vulnerabilities of which something is said under a key. */
  vulnerabilitiesUnder(key: string): readonly string[] {
    return this.#database
      .prepare(
        'SELECT DISTINCT vulnerability FROM rule JOIN concern USING (known) WHERE key = ? ORDER BY vulnerability',
      )
      .all(key)
      .map((row) => String(row['vulnerability']))
  }

  /** The vulnerabilities that a CVE identifier stands for here, and the keys under which they are spoken of. */
  namedBy(cve: string): Pick<Change, 'vulnerabilities' | 'keys'> {
    const numbers = this.#database
      .prepare('SELECT DISTINCT known FROM name WHERE name = ?')
      .all(canonical(cve))
      .map((row) => Number(row['known']))
    return {
      vulnerabilities: new Set(numbers.flatMap((each) => this.#concernsOf(each))),
      keys: new Set(numbers.flatMap((each) => this.#keysOf(each))),
    }
  }

  rulesUnder(known: number, key: string): readonly Rule[] {
    return this.#database
      .prepare('SELECT body FROM rule WHERE key = ? AND known = ? ORDER BY n')
      .all(key, known)
      .map((row) => JSON.parse(String(row['body'])))
  }

  async #insert(advisory: number, n: number, known: KnownAdvisory, pace: Pace): Promise<readonly string[]> {
    const { rules, problems: _, remediation: __, ...body } = known
    const { lastInsertRowid: number } = this.#database
      .prepare('INSERT INTO known (advisory, n, body) VALUES (?, ?, ?)')
      .run(advisory, n, JSON.stringify(body satisfies KnownBody))
    const named = [
      [role.own, known.id],
      ...known.aliases.map((name) => [role.alias, name] as const),
      ...known.replacedBy.map((name) => [role.successor, name] as const),
    ] as const
    for (const [as, name] of named) {
      this.#database
        .prepare('INSERT INTO name (name, known, role) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(canonical(name), number, as)
    }
    for (const [place, rule] of rules.entries()) {
      this.#database
        .prepare('INSERT INTO rule (key, known, n, body) VALUES (?, ?, ?, ?)')
        .run(rule.key, number, place, JSON.stringify(rule))
      if (pace.spend()) await pace.rest()
    }
    return named.map(([, name]) => canonical(name))
  }

  async #remove(known: number, pace: Pace): Promise<void> {
    for (const table of ['rule', 'name', 'concern', 'known']) {
      const { changes } = this.#database.prepare(`DELETE FROM ${table} WHERE known = ?`).run(known)
      if (pace.spend(Number(changes))) await pace.rest()
    }
  }

  /**
   * Folds names, and writes down what each document is about now. Adds to `vulnerabilities` and `keys` those of documents
   * that are about others than before.
   */
  #refold(around: readonly NamedKnown[], vulnerabilities: Set<string>, keys: Set<string>): Aliases {
    const aliases = foldAliases(around.map(({ named }) => named))
    for (const { known, named } of around) {
      const before = this.#concernsOf(known)
      const after = aliases.vulnerabilitiesOf(named.id).toSorted()
      if (before.length === after.length && before.every((each, i) => each === after[i])) continue
      this.#database.prepare('DELETE FROM concern WHERE known = ?').run(known)
      for (const vulnerability of after) {
        this.#database.prepare('INSERT INTO concern (known, vulnerability) VALUES (?, ?)').run(known, vulnerability)
      }
      for (const each of [...before, ...after]) vulnerabilities.add(each)
      for (const key of this.#keysOf(known)) keys.add(key)
    }
    return aliases
  }

  #numbersOf(advisory: number): readonly number[] {
    return this.#database
      .prepare('SELECT known FROM known WHERE advisory = ? ORDER BY n')
      .all(advisory)
      .map((row) => Number(row['known']))
  }

  #isReplaced(known: number): boolean {
    return this.#database.prepare('SELECT 1 FROM name WHERE known = ? AND role = 2').get(known) !== undefined
  }

  #namesOf(known: number): readonly string[] {
    return this.#texts('SELECT name AS text FROM name WHERE known = ?', known)
  }

  #keysOf(known: number): readonly string[] {
    return this.#texts('SELECT DISTINCT key AS text FROM rule WHERE known = ?', known)
  }

  #concernsOf(known: number): readonly string[] {
    return this.#texts('SELECT vulnerability AS text FROM concern WHERE known = ? ORDER BY vulnerability', known)
  }

  #texts(sql: string, known: number): readonly string[] {
    return this.#database
      .prepare(sql)
      .all(known)
      .map((row) => String(row['text']))
  }
}

/** What a name is to a document. */
export const role = { own: 0, alias: 1, successor: 2 } as const
