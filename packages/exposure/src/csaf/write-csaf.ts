/**
 * Writes CSAF 2.0 documents (OASIS Standard): security advisories about one vulnerability, so made that they pass the
 * strict schema and the mandatory tests of section 6.1. What {@link readCsaf} reads of one is what the draft said.
 */
import type { CsafDraft, DraftVulnerability } from './csaf-draft.ts'
import { draftTree, type TreeIds } from './draft-tree.ts'

/** A CSAF 2.0 document of TLP:WHITE, as an object to be written as JSON. Its keys are in alphabetical order (section 5.3). */
export function writeCsaf(draft: CsafDraft): object {
  const { tree, affected, fixed } = draftTree(draft.products)
  return inOrder({
    document: documentOf(draft),
    product_tree: tree,
    vulnerabilities: [vulnerabilityOf(draft, affected, fixed)],
  })
}

function documentOf(draft: CsafDraft): object {
  const { title, publisher, language, self, vulnerability } = draft
  const { score } = vulnerability
  return {
    category: 'csaf_security_advisory',
    csaf_version: '2.0',
    distribution: { tlp: { label: 'WHITE', url: 'https://www.first.org/tlp/' } },
    lang: language,
    title,
    notes: [{ category: 'summary', text: vulnerability.description, title: 'Summary' }],
    publisher: {
      category: publisher.category,
      name: publisher.name,
      namespace: publisher.namespace,
      ...(publisher.contact === undefined ? {} : { contact_details: publisher.contact }),
    },
    ...(score === undefined ? {} : { aggregate_severity: { text: severityOf(score.base) } }),
    ...(self === undefined
      ? {}
      : { references: [{ category: 'self', summary: 'This document, where it is published', url: self }] }),
    tracking: trackingOf(draft),
  }
}

/** Integer versioning (section 3.1.11.1): 1, 2, 3 …; each revision has the number after the one before. */
function trackingOf({ id, date, change, earlier = [], generator }: CsafDraft): object {
  const before = earlier.map(({ date: on, summary }, i) => ({
    date: on,
    number: String(i + 1),
    summary: summary === '' ? 'Revision' : summary,
  }))
  const version = String(before.length + 1)
  const summary = change ?? (before.length === 0 ? 'First version' : 'Revision')
  return {
    id,
    status: 'final',
    version,
    initial_release_date: before[0]?.date ?? date,
    current_release_date: date,
    revision_history: [...before, { date, number: version, summary }],
    generator: { date, engine: generator },
  }
}

function vulnerabilityOf({ title, vulnerability }: CsafDraft, affected: readonly string[], fixed: TreeIds): object {
  const { cve, ids, description, score, references } = vulnerability
  const unique = new Map(references.map((each) => [each.url, each]))
  return {
    title,
    ...(cve === undefined ? {} : { cve }),
    ...(ids.length === 0 ? {} : { ids: ids.map(({ system, text }) => ({ system_name: system, text })) }),
    notes: [{ category: 'description', text: description }],
    product_status: {
      known_affected: affected,
      ...(fixed.size === 0 ? {} : { fixed: [...fixed.keys()] }),
    },
    remediations: remediationsOf(vulnerability, affected, fixed),
    ...(unique.size === 0
      ? {}
      : {
          references: [...unique.values()].map(({ summary, url }) => ({
            category: 'external',
            summary: summary ?? 'More',
            url,
          })),
        }),
    ...(score === undefined ? {} : { scores: [scoreOf(score, affected)] }),
  }
}

/** What the author said for all, else the versions that mend each product, else that there is none yet. */
function remediationsOf(
  { remedy }: DraftVulnerability,
  affected: readonly string[],
  fixed: TreeIds,
): readonly object[] {
  if (remedy !== undefined) {
    const { category, details, url } = remedy
    return [{ category, details, ...(url === undefined ? {} : { url }), product_ids: affected }]
  }
  const mended = new Set([...fixed.values()].flatMap(({ mends }) => mends))
  const rest = affected.filter((id) => !mended.has(id))
  return [
    ...[...fixed.values()].map(({ name, mends }) => ({
      category: 'vendor_fix',
      details: `Update to ${name} or later.`,
      product_ids: mends,
    })),
    ...(rest.length === 0
      ? []
      : [{ category: 'none_available', details: 'No remedy is known yet.', product_ids: rest }]),
  ]
}

function scoreOf(
  { version, vector, base }: NonNullable<DraftVulnerability['score']>,
  products: readonly string[],
): object {
  const cvss = { version, vectorString: vector, baseScore: base, baseSeverity: severityOf(base).toUpperCase() }
  return { cvss_v3: cvss, products }
}

/** CVSS 3.1, section 5. */
function severityOf(base: number): string {
  return base === 0 ? 'None' : base < 4 ? 'Low' : base < 7 ? 'Medium' : base < 9 ? 'High' : 'Critical'
}

/** The same with the keys of every object in alphabetical order. */
function inOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inOrder) as T // safe: the same members in the same places
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, inOrder(each)])) as T // safe: the same members
}
