/**
 * What documents of every format say for matching, in one shape: {@link KnownAdvisory}. All but the first throw
 * `ExposureError` `too-many` for a document that multiplies what it says beyond `maxClaims`.
 */
import type { CsafAdvisory, CsafVulnerability } from '../csaf/csaf-advisory.ts'
import type { CveRecord } from '../cve/cve-record.ts'
import { present } from '../json/fields.ts'
import type { Advisory } from '../osv/advisory.ts'
import type { ProblemList } from '../problem.ts'
import type { VexDocument } from '../vex/vex-statement.ts'
import { ClaimBudget } from './claim-budget.ts'
import type { KnownAdvisory, StatedSeverity } from './known-advisory.ts'
import { remediationOfRules } from './remediation.ts'
import { rulesOfCsaf } from './rules-of-csaf.ts'
import { rulesOfCve } from './rules-of-cve.ts'
import { rulesOf } from './rules-of-osv.ts'
import { rulesOfVex } from './rules-of-vex.ts'

const noProblems: ProblemList = { problems: [], counts: {}, total: 0 }

/** An OSV advisory is about one vulnerability. Its author is the database that its identifier begins with. */
export function knownOfOsv(advisory: Advisory): KnownAdvisory {
  const { id, aliases, modified, published, withdrawn, summary, severity } = advisory
  const rules = rulesOf(advisory)
  return {
    format: 'OSV',
    document: id,
    author: { name: /^[A-Za-z]+(?=-)/.exec(id)?.[0] ?? '' },
    id,
    aliases,
    replacedBy: [],
    revision: modified,
    modified,
    ...present({ published, withdrawn }),
    title: summary,
    severities: distinct(severity),
    rules,
    remediation: remediationOfRules(rules),
    problems: noProblems,
  }
}

/**
 * One for each vulnerability of the document. One without any identifier is called by the document's and its place. A
 * document of the profiles *withdrawn* or *superseded* (CSAF 2.1) matches nothing more.
 */
export function knownOfCsaf(advisory: CsafAdvisory): readonly KnownAdvisory[] {
  const { tracking, publisher } = advisory
  const isOver = /^csaf_(?:withdrawn|superseded)$/i.test(advisory.category)
  const withdrawn = isOver ? (tracking.currentReleaseDate ?? tracking.version) : undefined
  const budget = new ClaimBudget()
  return advisory.vulnerabilities.map((vulnerability) => {
    const { cve, title, scores, exploitedSince } = vulnerability
    const [id = `${tracking.id}#${vulnerability.pointer}`, ...aliases] = namesOf(vulnerability)
    const collected = rulesOfCsaf(advisory, vulnerability, id, budget)
    const rules = collected.rules().map((rule) => ({ ...rule, ...present({ withdrawn }) }))
    return {
      format: 'CSAF',
      document: tracking.id,
      author: { name: publisher.name, ...present({ role: publisher.category }) },
      id: cve ?? id,
      aliases,
      replacedBy: [],
      revision: tracking.version,
      ...present({ modified: tracking.currentReleaseDate, published: tracking.initialReleaseDate, withdrawn }),
      title: title ?? advisory.title,
      severities: distinct(scores.map(({ type, vector }) => ({ type, score: vector }))),
      ...(exploitedSince !== undefined && { exploited: { since: exploitedSince } }),
      rules,
      remediation: remediationOfRules(rules),
      problems: collected.problems(),
    }
  })
}

function namesOf({ cve, ids }: CsafVulnerability): readonly string[] {
  return [...new Set([...(cve === undefined ? [] : [cve]), ...ids.map(({ text }) => text)])]
}

/** A CVE record is about one vulnerability; a rejected one is withdrawn, and may name what took its place. */
export function knownOfCve(record: CveRecord): KnownAdvisory {
  const { id, assigner, publishedAt, updatedAt, state, containers } = record
  const collected = rulesOfCve(record, new ClaimBudget())
  const rules = collected.rules()
  const since = containers.find(({ exploitedSince }) => exploitedSince !== undefined)?.exploitedSince
  const withdrawn = state === 'REJECTED' ? (updatedAt ?? publishedAt ?? 'a day that it does not say') : undefined
  return {
    format: 'CVE',
    document: id,
    author: { name: assigner ?? '', role: 'cna' },
    id,
    aliases: [],
    replacedBy: state === 'REJECTED' ? containers.flatMap(({ replacedBy }) => replacedBy) : [],
    revision: updatedAt ?? publishedAt ?? '',
    ...present({ modified: updatedAt, published: publishedAt, withdrawn }),
    title: containers.find(({ title }) => title !== undefined)?.title ?? '',
    severities: distinct(
      containers.flatMap(({ metrics }) => metrics).map(({ type, vector }) => ({ type, score: vector })),
    ),
    ...(since !== undefined && { exploited: { since } }),
    rules,
    remediation: remediationOfRules(rules),
    problems: collected.problems(),
  }
}

/** One for each vulnerability that the document has statements about. */
export function knownOfVex(vex: VexDocument): readonly KnownAdvisory[] {
  const document = vex.id ?? ''
  const groups = Map.groupBy(vex.statements, ({ vulnerability }) => vulnerability)
  const budget = new ClaimBudget()
  return Array.from(groups, ([id, statements]) => {
    const pointer = statements[0]?.pointer ?? ''
    const collected = rulesOfVex(
      statements,
      { format: vex.format, advisory: document, vulnerability: id, pointer },
      budget,
    )
    const rules = collected.rules()
    const aliases = new Set(statements.flatMap((each) => each.aliases))
    aliases.delete(id)
    const modified = vex.updatedAt ?? vex.issuedAt
    return {
      format: vex.format,
      document,
      author: { name: vex.author ?? '', ...present({ role: vex.role }) },
      id,
      aliases: [...aliases],
      replacedBy: [],
      revision: vex.version === undefined ? (modified ?? '') : String(vex.version),
      ...present({ modified, published: vex.issuedAt }),
      title: '',
      severities: [],
      rules,
      remediation: remediationOfRules(rules),
      problems: collected.problems(),
    }
  })
}

function distinct(severities: readonly StatedSeverity[]): readonly StatedSeverity[] {
  return [...new Map(severities.map((each) => [`${each.type} ${each.score}`, each])).values()]
}
