import { knownOfCsaf, knownOfCve, knownOfOsv, knownOfVex } from '../match/known-advisories.ts'
import type { KnownAdvisory } from '../match/known-advisory.ts'
import type { AdvisoryDocument } from './read-advisories.ts'

/** What a document says about each vulnerability that it is about; a catalogue of exploited ones says nothing of products. */
export function knownOf(read: AdvisoryDocument): readonly KnownAdvisory[] {
  switch (read.kind) {
    case 'osv':
      return [knownOfOsv(read.document.advisory)]
    case 'csaf':
      return knownOfCsaf(read.document.advisory)
    case 'cve':
      return [knownOfCve(read.document.record)]
    case 'vex':
      return knownOfVex(read.document)
    case 'kev':
      return []
  }
}
