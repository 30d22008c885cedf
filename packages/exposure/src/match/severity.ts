/**
 * The base score of a CVSS vector, and its rating in words (CVSS 3.0, 3.1 and 4.0, "Qualitative Severity
 * Rating Scale"; version 2.0 has none, and the bands of the NVD are used). A vector that is not whole, or
 * has a metric or value that its version does not know, has no score, and the reason is said.
 */
import type { StatedSeverity } from './known-advisory.ts'

export type Rating = 'none' | 'low' | 'medium' | 'high' | 'critical'

export type ReadSeverity =
  | {
      readonly known: true
      readonly vector: string
      readonly version: '2.0' | '3.0' | '3.1' | '4.0'
      /** From the base metrics alone, 0 to 10. */
      readonly score: number
      readonly rating: Rating
    }
  | { readonly known: false; readonly text: string; readonly reason: string }

export type SeverityReader = (stated: StatedSeverity) => ReadSeverity

/** Longest vector that is read, in characters; with every metric of version 4.0 it has about two hundred. */
const maxLength = 512

/** Loads the calculator, once it is needed. */
export async function severityReader(): Promise<SeverityReader> {
  const { default: calculator } = await import('ae-cvss-calculator')
  const versions = {
    '2.0': () => new calculator.Cvss2(),
    '3.0': () => new calculator.Cvss3P0(),
    '3.1': () => new calculator.Cvss3P1(),
    '4.0': () => new calculator.Cvss4P0(),
  } as const
  return ({ type, score: text }) => {
    const unknown = (reason: string): ReadSeverity => ({ known: false, text: text.slice(0, maxLength), reason })
    if (text.length > maxLength) return unknown(`a vector has at most ${maxLength} characters`)
    const version = versionOf(type, text)
    if (version === undefined)
      return unknown(`it is no vector of CVSS 2.0, 3.0, 3.1 or 4.0, as its type ${type} demands`)
    const metrics = metricsOf(text)
    if (metrics === undefined) return unknown('it is not metrics with their values, each once, joined by "/"')
    const vector = versions[version]()
    for (const [metric, value] of metrics) {
      // The calculator takes the name of a metric, or another value that means the same, for its abbreviation.
      const isKnown = vector.applyComponentStringSilent(metric, value)
      const found = vector.getComponentByStringOpt(metric)
      if (!isKnown || found === null || found.shortName !== value) {
        return unknown(`CVSS ${version} has no ${metric}:${value}`)
      }
    }
    if (!vector.isBaseFullyDefined()) return unknown('one of its base metrics is missing')
    if (version === '4.0' && ['SC', 'SI', 'SA'].some((each) => metrics.get(each) === 'S')) {
      return unknown('CVSS 4.0 has the value S for modified metrics only')
    }
    const scores = vector.calculateScores()
    const score = 'baseMetricsOnly' in scores ? scores.baseMetricsOnly : 'base' in scores ? scores.base : undefined
    if (typeof score !== 'number') return unknown('it has no base score')
    return { known: true, vector: text, version, score, rating: ratingOf(score, version) }
  }
}

type Version = '2.0' | '3.0' | '3.1' | '4.0'

const typeOfVersion: Readonly<Record<Version, string>> = {
  '2.0': 'CVSS_V2',
  '3.0': 'CVSS_V3',
  '3.1': 'CVSS_V3',
  '4.0': 'CVSS_V4',
}

function versionOf(type: string, text: string): Version | undefined {
  const stated = /^CVSS:(?<version>3\.0|3\.1|4\.0)\//.exec(text)?.groups?.['version']
  const version = stated === '3.0' || stated === '3.1' || stated === '4.0' ? stated : '2.0'
  if (version === '2.0' && text.startsWith('CVSS:')) return undefined
  return typeOfVersion[version] === type ? version : undefined
}

/** Each metric once. Vectors of version 2.0 stand in parentheses in some documents. */
function metricsOf(text: string): ReadonlyMap<string, string> | undefined {
  const bare = /^\((?<inner>[^()]*)\)$/.exec(text)?.groups?.['inner'] ?? text
  const metrics = new Map<string, string>()
  for (const part of bare.replace(/^CVSS:\d\.\d\//, '').split('/')) {
    const { metric, value } = /^(?<metric>[A-Za-z]{1,4}):(?<value>[A-Za-z]{1,6})$/.exec(part)?.groups ?? {}
    if (metric === undefined || value === undefined || metrics.has(metric)) return undefined
    metrics.set(metric, value)
  }
  return metrics
}

function ratingOf(score: number, version: Version): Rating {
  if (version === '2.0') return score < 4 ? 'low' : score < 7 ? 'medium' : 'high'
  if (score === 0) return 'none'
  return score < 4 ? 'low' : score < 7 ? 'medium' : score < 9 ? 'high' : 'critical'
}
