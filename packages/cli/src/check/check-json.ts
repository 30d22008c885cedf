/** What a check found, for programs. Members are added and never change their meaning. */
import { formatPurl, matchStates } from '@comity/exposure'
import type { Report } from './check-text.ts'
import type { CheckedMatch } from './judge.ts'

export function checkJson({ sbom, components, warnings, sources, matches, policy, failing }: Report) {
  const { format, specVersion } = sbom.metadata
  const failed = new Set(failing)
  const isCutOff = sources.some(({ counts }) => counts.isCutOff)
  return {
    verdict: failing.length > 0 ? 'failed' : isCutOff ? 'incomplete' : 'passed',
    policy: policy.text,
    failed: failing.length,
    counts: Object.fromEntries(
      matchStates.map((state) => [state, matches.filter((each) => each.state === state).length]),
    ),
    sbom: {
      format,
      specVersion,
      components,
      withoutPurl: sbom.withoutPurl,
      problems: sbom.problems,
      problemCount: sbom.total,
    },
    warnings,
    sources: sources.map(({ path, purpose, counts, refusals }) => ({ path, purpose, ...counts, refusals })),
    matches: matches.map((each) => ({ ...matchJson(each), fails: failed.has(each) })),
  }
}

function matchJson(match: CheckedMatch) {
  const { vulnerability, names, state, component, occurrences, standing, priority, fixes, isExploited, rating } = match
  const { name, group, version, purl, path, pointer } = component
  return {
    vulnerability,
    names,
    state,
    component: {
      name,
      group,
      version,
      ...(purl !== undefined && { purl: formatPurl(purl) }),
      path,
      pointer,
      occurrences,
    },
    fixes,
    exploited: isExploited,
    ...(rating !== undefined && { rating }),
    why: standing.deciding.outcome.why,
    by: standing.by,
    sources: [
      ...[standing.deciding, ...standing.others].map((each) => sourceJson(each, false)),
      ...standing.superseded.map((each) => sourceJson(each, true)),
    ],
    facts: priority.facts,
  }
}

function sourceJson({ advisory, outcome }: CheckedMatch['standing']['deciding'], isSuperseded: boolean) {
  const { format, document, author, revision } = advisory
  return { format, document, author, revision, state: outcome.state, why: outcome.why, superseded: isSuperseded }
}
