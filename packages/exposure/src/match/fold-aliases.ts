/**
 * One vulnerability under many names: which identifiers mean the same, from the aliases that advisories
 * give. Names that are aliases of each other, directly or through others, are one vulnerability.
 *
 * Two CVE identifiers are two vulnerabilities, by the rules under which they are given. An advisory that
 * names both (a bulletin for two flaws at once) belongs to both and joins them to nothing: else a word
 * about one of them would settle the other. Only the record of a CVE that was rejected in favour of
 * another makes the two one.
 */

/** The names of one vulnerability in one advisory. */
export interface Named {
  readonly id: string
  readonly aliases: readonly string[]
  /** Of a rejected CVE: those that took its place. */
  readonly replacedBy?: readonly string[]
}

export interface NamedVulnerability {
  /** What it is called: its CVE identifier, else its GHSA, else the first of its names in the order of the alphabet. */
  readonly id: string
  /** All of its names, this one among them, in that order. */
  readonly names: readonly string[]
}

/** Names as they were folded. */
export interface Aliases {
  /** What a name stands for; of a name that is aliased to several CVEs all of them; itself when nobody named it. */
  readonly vulnerabilitiesOf: (name: string) => readonly string[]
  readonly all: () => readonly NamedVulnerability[]
}

/** Folds names. The order in which advisories come, and the order of their aliases, does not matter. */
export function foldAliases(advisories: Iterable<Named>): Aliases {
  const names = new Set<string>()
  const same = new Union()
  const edges: (readonly [string, string])[] = []
  for (const { id, aliases, replacedBy = [] } of advisories) {
    const own = canonical(id)
    for (const name of [id, ...aliases, ...replacedBy].map(canonical)) names.add(name)
    for (const alias of aliases.map(canonical)) {
      if (isCve(own) || isCve(alias)) edges.push([own, alias])
      else same.join(own, alias)
    }
    for (const other of replacedBy.map(canonical)) if (isCve(own) && isCve(other)) same.join(own, other)
  }
  // What no CVE is, is joined; then each of these classes belongs to every CVE that one of its names is an alias of.
  const cves = new Map<string, Set<string>>()
  for (const [a, b] of edges) {
    if (isCve(a) && !isCve(b)) addTo(cves, same.find(b), same.find(a))
    if (isCve(b) && !isCve(a)) addTo(cves, same.find(a), same.find(b))
  }
  const members = new Map<string, Set<string>>()
  for (const name of names) {
    const root = same.find(name)
    for (const owner of cves.get(root) ?? [root]) addTo(members, owner, name)
  }
  const vulnerabilities = Array.from(members.values(), namedOf).toSorted((a, b) => inOrder(a.id, b.id))
  const byName = new Map<string, string[]>()
  for (const { id, names: own } of vulnerabilities) {
    for (const name of own) byName.set(name, [...(byName.get(name) ?? []), id])
  }
  return { vulnerabilitiesOf: (name) => byName.get(canonical(name)) ?? [canonical(name)], all: () => vulnerabilities }
}

/** Identifiers are the same in upper and lower case (CVE, GHSA); GHSA is written `GHSA-` and lower case. */
export function canonical(name: string): string {
  const text = name.trim()
  if (/^cve-\d/i.test(text)) return text.toUpperCase()
  return /^ghsa-/i.test(text) ? `GHSA${text.slice(4).toLowerCase()}` : text
}

function namedOf(names: ReadonlySet<string>): NamedVulnerability {
  const ordered = [...names].toSorted(inOrder)
  return { id: ordered[0] ?? '', names: ordered }
}

/** CVE before GHSA before all others; then by the alphabet. */
function inOrder(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || (a < b ? -1 : a > b ? 1 : 0)
}

function rankOf(name: string): number {
  if (isCve(name)) return 0
  return name.startsWith('GHSA-') ? 1 : 2
}

function isCve(name: string): boolean {
  return name.startsWith('CVE-')
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key)
  if (known === undefined) sets.set(key, new Set([value]))
  else known.add(value)
}

/** Disjoint sets with path halving; the root of a set is its first name, so that it does not depend on the order. */
class Union {
  readonly #parents = new Map<string, string>()

  find(name: string): string {
    let at = name
    for (;;) {
      const parent = this.#parents.get(at) ?? at
      if (parent === at) return at
      const above = this.#parents.get(parent) ?? parent
      this.#parents.set(at, above)
      at = above
    }
  }

  join(a: string, b: string): void {
    const [left, right] = [this.find(a), this.find(b)]
    if (left === right) return
    if (inOrder(left, right) < 0) this.#parents.set(right, left)
    else this.#parents.set(left, right)
  }
}
