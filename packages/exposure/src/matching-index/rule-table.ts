import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Rule } from '../match/rule.ts'
import type { KeyTable } from './key-table.ts'
import { type KeptRule, ReadyRules } from './ready-rules.ts'

/** The rules of advisories, to be found by the keys of what they are about. */
export class RuleTable {
  readonly #database: DatabaseSync
  readonly #keys: KeyTable
  readonly #findAdvisory: StatementSync
  readonly #insertAdvisory: StatementSync
  readonly #deleteAdvisory: StatementSync
  readonly #ofAdvisory: StatementSync
  readonly #ofKeys: StatementSync
  readonly #get: StatementSync
  readonly #insert: StatementSync
  readonly #delete: StatementSync
  readonly #insertKey: StatementSync
  readonly #deleteKey: StatementSync
  readonly #otherWriters: StatementSync
  #ready: ReadyRules | undefined

  constructor(database: DatabaseSync, keys: KeyTable) {
    this.#database = database
    this.#keys = keys
    this.#findAdvisory = database.prepare('SELECT advisory FROM indexed_advisory WHERE id = ?')
    this.#insertAdvisory = database.prepare('INSERT INTO indexed_advisory (id) VALUES (?)')
    this.#deleteAdvisory = database.prepare('DELETE FROM indexed_advisory WHERE advisory = ?')
    this.#ofAdvisory = database.prepare('SELECT rule, body FROM indexed_rule WHERE advisory = ? ORDER BY rule')
    this.#ofKeys = database.prepare(
      `SELECT json_group_array(wanted.key) AS places, json_group_array(rule) AS rules FROM json_each(?) AS wanted
       JOIN indexed_key AS known ON known.text = wanted.value JOIN indexed_rule_key AS kept ON kept.key = known.key`,
    )
    this.#get = database.prepare(
      'SELECT id, body FROM indexed_rule JOIN indexed_advisory USING (advisory) WHERE rule = ?',
    )
    this.#insert = database.prepare('INSERT INTO indexed_rule (advisory, body) VALUES (?, ?)')
    this.#delete = database.prepare('DELETE FROM indexed_rule WHERE advisory = ?')
    this.#insertKey = database.prepare('INSERT INTO indexed_rule_key (key, rule) VALUES (?, ?)')
    this.#deleteKey = database.prepare('DELETE FROM indexed_rule_key WHERE key = ? AND rule = ?')
    this.#otherWriters = database.prepare('PRAGMA data_version')
  }

  put(id: string, rules: readonly Rule[]): void {
    this.remove(id)
    const { lastInsertRowid: advisory } = this.#insertAdvisory.run(id)
    for (const rule of rules) {
      const { lastInsertRowid: number } = this.#insert.run(advisory, JSON.stringify(rule))
      this.#insertKey.run(this.#keys.numberOf(rule.key), number)
    }
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    // Numbers are given again.
    this.#ready = undefined
    const rules = this.ofAdvisory(id)
    if (rules === undefined) return false
    for (const { number, rule } of rules) {
      const key = this.#keys.find(rule.key)
      if (key === undefined) continue
      this.#deleteKey.run(key, number)
      this.#keys.dropUnused(key)
    }
    const advisory = this.#advisory(id) ?? 0
    this.#delete.run(advisory)
    this.#deleteAdvisory.run(advisory)
    return true
  }

  /** Undefined where there is no such advisory. */
  ofAdvisory(id: string): readonly KeptRule[] | undefined {
    const advisory = this.#advisory(id)
    if (advisory === undefined) return undefined
    return this.#ofAdvisory.all(advisory).map((row) => keptRule(Number(row['rule']), id, String(row['body'])))
  }

  /**
   * The rules that were read last, unless somebody may have written since. Within a transaction of the caller's
   * nothing is taken from before or kept, for it may be rolled back.
   */
  ready(): ReadyRules {
    const version = Number(this.#otherWriters.get()?.['data_version'])
    const read = (keys: readonly string[]): readonly (readonly KeptRule[])[] => this.#rulesOf(keys)
    if (this.#database.isTransaction) return new ReadyRules(version, read)
    if (this.#ready === undefined || this.#ready.version !== version || this.#ready.isFull) {
      this.#ready = new ReadyRules(version, read)
    }
    return this.#ready
  }

  #rulesOf(keys: readonly string[]): readonly (readonly KeptRule[])[] {
    const row = this.#ofKeys.get(JSON.stringify(keys))
    const places: readonly number[] = JSON.parse(String(row?.['places']))
    const numbers: readonly number[] = JSON.parse(String(row?.['rules']))
    const found = keys.map((): KeptRule[] => [])
    for (const [i, number] of numbers.entries()) found[places[i] ?? 0]?.push(this.#rule(number))
    return found
  }

  #rule(number: number): KeptRule {
    const row = this.#get.get(number)
    return keptRule(number, String(row?.['id']), String(row?.['body']))
  }

  #advisory(id: string): number | undefined {
    const advisory = this.#findAdvisory.get(id)?.['advisory']
    return advisory === undefined ? undefined : Number(advisory)
  }
}

function keptRule(number: number, advisory: string, body: string): KeptRule {
  return { number, advisory, rule: JSON.parse(body), length: body.length }
}
