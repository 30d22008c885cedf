/**
 * What the schema of OSCAL 1.2 demands of the parts that this project writes, by hand: the forms of its data types, no
 * empty arrays, no member that an object does not know, and references that lead somewhere. The official schema itself
 * is no part of the project; `npm run corpora` holds the exports against it where somebody has put it.
 */
import assert from 'node:assert/strict'

/** Forms of values by the member that holds them. */
const forms: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  id: /^(?:[\p{L}_][\p{L}\p{N}.\-_]*|urn:comity:party:[0-9a-f]{64})$/u,
  name: /^\S(?:.*\S)?$/,
  class: /^[\p{L}_][\p{L}\p{N}.\-_]*$/u,
  group: /^[\p{L}_][\p{L}\p{N}.\-_]*$/u,
  value: /^\S(?:.*\S)?$/,
  title: /^[^\n]+$/,
  ns: /^[a-zA-Z][a-zA-Z0-9+\-.]+:.+$/,
  href: /^\S+$/,
  rel: /^[a-z-]+$/,
  'control-id': /^[\p{L}_][\p{L}\p{N}.\-_]*$/u,
  'id-ref': /^\S(?:.*\S)?$/,
  'last-modified': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  collected: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  start: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  'oscal-version': /^1\.2\.\d+$/,
}

/** Members by the name of the list, or of the member, in which an object stands. */
const members: Readonly<Record<string, readonly string[]>> = {
  catalog: ['uuid', 'metadata', 'groups', 'back-matter'],
  metadata: `title published last-modified version oscal-version props links roles parties
    responsible-parties remarks`.split(/\s+/),
  groups: ['id', 'class', 'title', 'props', 'links', 'parts', 'controls'],
  controls: ['id', 'class', 'title', 'props', 'links', 'parts'],
  parts: ['id', 'name', 'ns', 'class', 'title', 'props', 'prose', 'parts', 'links'],
  props: ['name', 'ns', 'value', 'class', 'group', 'remarks'],
  links: ['href', 'rel', 'text'],
  resources: ['uuid', 'title', 'description', 'props', 'document-ids', 'citation', 'rlinks', 'remarks'],
  profile: ['uuid', 'metadata', 'imports', 'merge', 'modify', 'back-matter'],
  imports: ['href', 'include-controls'],
  alters: ['control-id', 'adds'],
  adds: ['position', 'props', 'parts'],
  'mapping-collection': ['uuid', 'metadata', 'provenance', 'mappings', 'back-matter'],
  maps: ['uuid', 'relationship', 'sources', 'targets', 'props', 'remarks'],
}

interface Seen {
  readonly uuids: string[]
  readonly references: string[]
}

/** Asserts that a document has one root of this name and that all of it keeps to the rules above. */
export function assertOscal(document: object, root: string): void {
  assert.deepEqual(Object.keys(document), [root])
  const seen: Seen = { uuids: [], references: [] }
  walk(document, '', seen)
  assert.equal(new Set(seen.uuids).size, seen.uuids.length, 'two objects have the same UUID')
  for (const each of seen.references) assert.ok(seen.uuids.includes(each), `#${each} leads nowhere`)
}

function walk(value: unknown, where: string, seen: Seen): void {
  const name = where.slice(where.lastIndexOf('/') + 1)
  if (Array.isArray(value)) {
    assert.ok(value.length > 0, `${where} is empty`)
    for (const each of value) {
      if (typeof each === 'object' && each !== null) checkObject(each, name, where, seen)
      else assert.equal(typeof each, 'string', where)
    }
    return
  }
  if (typeof value === 'object' && value !== null) return checkObject(value, name, where, seen)
  if (typeof value === 'string') checkText(value, name, where, seen)
}

function checkObject(object: object, name: string, where: string, seen: Seen): void {
  const known = members[name]
  for (const [member, each] of Object.entries(object)) {
    assert.ok(known === undefined || known.includes(member), `${where} has a member ${member}`)
    assert.notEqual(each, undefined, `${where}/${member}`)
    walk(each, `${where}/${member}`, seen)
  }
}

function checkText(text: string, name: string, where: string, seen: Seen): void {
  assert.notEqual(text, '', where)
  const form = forms[name]
  if (form !== undefined) assert.match(text, form, where)
  if (name === 'uuid') seen.uuids.push(text)
  if (name === 'href' && text.startsWith('#')) seen.references.push(text.slice(1))
}
