/** A vault's door that only remembers what it was told. */
import type { FollowedChange, FollowedDoor } from '../vault/followed-document.ts'

export class RememberingDoor implements FollowedDoor {
  readonly changes: FollowedChange[] = []
  readonly #documents = new Map<string, Map<string, string>>()

  async follow(change: FollowedChange): Promise<void> {
    this.changes.push(change)
    const documents = this.#documents.get(change.origin) ?? new Map<string, string>()
    this.#documents.set(change.origin, documents)
    for (const { name, digest } of change.put) documents.set(name, digest)
    for (const name of change.removed) documents.delete(name)
    if (documents.size === 0) this.#documents.delete(change.origin)
  }

  followedDocuments(origin: string): ReadonlyMap<string, string> {
    return this.#documents.get(origin) ?? new Map()
  }

  followedOrigins(): readonly string[] {
    return [...this.#documents.keys()]
  }
}
