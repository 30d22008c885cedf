/** What a provider lists: ROLIE feeds, `changes.csv` and `index.txt` (CSAF 2.0, requirements 12, 13 and 15). */
import type { SourceFault } from '../../sources/source.ts'
import { faultFor, memberText, objectIn, parsedJson } from './json-members.ts'

/** One document as a provider lists it. */
export interface ListedDocument {
  readonly url: string
  /** When it was released, as the list has it; empty where that says nothing. */
  readonly released: string
  /** Addresses of its hash files and its signature, where the list names them. */
  readonly hashes: readonly string[]
  readonly signature?: string
}

export interface ReadList {
  readonly documents: readonly ListedDocument[]
  /** Lines and entries that cannot be used; the first ones. */
  readonly problems: readonly SourceFault[]
}

/** Documents of one list. All of Red Hat's are 30,000. */
const mostListed = 500_000

/** Problems of one list that are kept with their text. */
const problemsKept = 100

/** Longest path or address, in characters. */
const longestPath = 1000

/** A ROLIE feed in JSON; a fault where it is none. `from`: where it was found, for addresses that are relative. */
export function readRolie(bytes: Uint8Array, from: string): ReadList | SourceFault {
  const feed = objectIn(objectIn(parsedJson(bytes))['feed'])
  const { entry: entries } = feed
  if (!Array.isArray(entries))
    return faultFor('rolie', '/feed/entry', `${from} is no ROLIE feed`, 'a feed with entries')
  const list = new ListCollector()
  for (const [i, each] of entries.entries()) {
    const entry = objectIn(each)
    const links = Array.isArray(entry['link']) ? entry['link'].slice(0, 32).map(objectIn) : []
    const hrefs = (rel: string) => links.filter((link) => link['rel'] === rel).map((link) => memberText(link, 'href'))
    const address = memberText(objectIn(entry['content']), 'src') || hrefs('self')[0] || ''
    const url = documentUrl(address, from)
    if (url === undefined) {
      list.problem(`/feed/entry/${i}`, `${quoted(address)} is no address of a CSAF document`)
      continue
    }
    const beside = (rel: string) => hrefs(rel).flatMap((href) => urlWithin(href, from)?.href ?? [])
    const [signature] = beside('signature')
    list.add({
      url,
      released: memberText(entry, 'updated') || memberText(entry, 'published'),
      hashes: beside('hash').slice(0, 4),
      ...(signature === undefined ? {} : { signature }),
    })
  }
  return list
}

/**
 * `changes.csv`: path and release date. Fields in quotes, as the standard's examples have them, or without (CISA's, until
 * it changed), with either end of line. A path that leads out of the directory is a problem, and so is a line of one field.
 */
export function readChanges(bytes: Uint8Array, directory: string): ReadList {
  return readLines(bytes, directory, (line) => {
    const found = /^\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*,\s*(?:"([^"]*)"|([^",]*))\s*$/.exec(line)
    if (found === null) return undefined
    const [, quotedPath, path = '', quotedDate, date = ''] = found
    const released = (quotedDate ?? date).trim()
    if (Number.isNaN(Date.parse(released))) return undefined
    return { path: (quotedPath ?? path).trim().replaceAll('""', '"'), released }
  })
}

/** `index.txt`: one path on a line. */
export function readIndex(bytes: Uint8Array, directory: string): ReadList {
  return readLines(bytes, directory, (line) => ({ path: line.trim(), released: '' }))
}

function readLines(
  bytes: Uint8Array,
  directory: string,
  read: (line: string) => { readonly path: string; readonly released: string } | undefined,
): ReadList {
  const list = new ListCollector()
  const text = new TextDecoder().decode(bytes)
  let number = 0
  for (const line of text.split(/\r\n|\n|\r/)) {
    number += 1
    if (line.trim() === '') continue
    const found = line.length > 2 * longestPath ? undefined : read(line)
    const url = found === undefined ? undefined : documentBelow(found.path, directory)
    if (found !== undefined && url !== undefined) list.add({ url, released: found.released, hashes: [] })
    // A heading is forgiven.
    else if (number > 1 || found !== undefined) list.problem(`line ${number}`, lineFault(line, found))
  }
  return list
}

function lineFault(line: string, found: object | undefined): string {
  return found === undefined
    ? `${quoted(line)} is no path and release date`
    : `${quoted(line)} is no path of a .json file below this directory`
}

/** Undefined for what is no address, or does not end in the name of a JSON file. */
function documentUrl(text: string, from: string): string | undefined {
  const url = urlWithin(text, from)
  return url !== undefined && isDocumentName(url.pathname) ? url.href : undefined
}

/** A path as lists have it, from the directory on. What leads elsewhere by any spelling is none. */
function documentBelow(path: string, directory: string): string | undefined {
  if (path.length > longestPath || /[\p{Cc}\\?#]/u.test(path) || /^[a-z][a-z0-9+.-]*:/i.test(path)) return undefined
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return undefined
  }
  const parts = decoded.replace(/^\.\//, '').split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\p{Cc}\\%?#]/u.test(part)))
    return undefined
  const url = URL.parse(parts.join('/'), directory)
  return url !== null && url.href.startsWith(directory) && isDocumentName(url.pathname) ? url.href : undefined
}

function isDocumentName(path: string): boolean {
  return /\/[^/%\\]+\.json$/i.test(path)
}

function urlWithin(text: string, from: string): URL | undefined {
  if (text === '' || text.length > 2000) return undefined
  const url = URL.parse(text, from)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return undefined
  url.hash = ''
  return url
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}…` : text)
}

/** What a list holds, each document once: the newest release date counts. */
class ListCollector implements ReadList {
  readonly #documents = new Map<string, ListedDocument>()
  readonly problems: SourceFault[] = []

  get documents(): readonly ListedDocument[] {
    return [...this.#documents.values()]
  }

  add(document: ListedDocument): void {
    if (this.#documents.size >= mostListed) {
      this.problem('', `more than ${mostListed} documents are listed; the rest is not looked at`)
      return
    }
    const before = this.#documents.get(document.url)
    if (before === undefined || before.released < document.released) this.#documents.set(document.url, document)
  }

  problem(pointer: string, message: string): void {
    if (this.problems.length < problemsKept) this.problems.push(faultFor('list', pointer, message))
  }
}
