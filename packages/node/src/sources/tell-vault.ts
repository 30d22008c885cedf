import { pathToFileURL } from 'node:url'
import type { FollowedDocument, FollowedDoor } from '../vault/followed-document.ts'
import type { Items } from './items.ts'
import type { Source } from './source.ts'

/** The address under which the vault knows a source. */
export function originOf({ kind, address }: Pick<Source, 'kind' | 'address'>): string {
  return kind === 'folder' ? pathToFileURL(address).href : address
}

/** Tells the vault what a source has now. What it knows already is passed over, so that this may be done at any time. */
export async function tellVault(
  door: FollowedDoor,
  source: Source,
  items: Pick<Items, 'taken'>,
  stream: string,
): Promise<void> {
  const origin = originOf(source)
  const known = door.followedDocuments(origin)
  const put: FollowedDocument[] = []
  const names = new Set<string>()
  for (const { item: name, digest } of items.taken(stream)) {
    names.add(name)
    if (known.get(name) !== digest) put.push({ name, digest })
  }
  const removed = [...known.keys()].filter((name) => !names.has(name))
  if (put.length > 0 || removed.length > 0) await door.follow({ origin, put, removed })
}

/** Tells the vault of sources that are followed no more: what they had says nothing any longer. */
export async function forgetOthers(door: FollowedDoor, sources: readonly Source[]): Promise<void> {
  const current = new Set(sources.map(originOf))
  for (const origin of door.followedOrigins()) {
    if (current.has(origin)) continue
    const removed = [...door.followedDocuments(origin).keys()]
    if (removed.length > 0) await door.follow({ origin, put: [], removed })
  }
}
