/** How the register is told in sentences. */
import type { PeerSummary, StatementSummary } from '@comity/contract'
import { ProcedureError, procedureOf, titleOfMove } from '@comity/procedures'
import { parseAdvisoryUrn, parseCaseUrn, parseReleaseUrn } from '@comity/statement'

type Names = readonly { readonly language: string; readonly text: string }[]

/** A party's name in English, or else its first one. */
export function nameOf(names: Names): string {
  return names.find((each) => each.language === 'en')?.text ?? names[0]?.text ?? 'a party without a name'
}

/** `2026-11-21 14:03 UTC`, from whole seconds. */
export function timeOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

export const peerStateWords: Readonly<Record<PeerSummary['state'], string>> = {
  following: 'up to date',
  behind: 'catching up',
  unreachable: 'unreachable',
  quarantined: 'quarantined: it contradicted itself',
  'not-yet': 'not asked yet',
}

/** How far a copy is behind: `12 entries, 3 min`. */
export function lagText({
  entriesBehind,
  secondsBehind,
}: Pick<PeerSummary, 'entriesBehind' | 'secondsBehind'>): string {
  const entries = entriesBehind === 1 ? '1 entry' : `${entriesBehind.toLocaleString('en')} entries`
  const parts = [...(entriesBehind > 0 ? [entries] : []), ...(secondsBehind > 0 ? [durationText(secondsBehind)] : [])]
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

/** `45 s`, `3 min`, `2 h`, `5 days`: the largest unit of which there are two, or the smallest. */
function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`
}

/** The name of a log with the hash in it shortened. */
export function shortOrigin(origin: string): string {
  return origin.replace(/[0-9a-f]{64}/, (hex) => `${hex.slice(0, 8)}…`)
}

const instruments: Readonly<Record<string, string>> = {
  'urn:comity:instrument:code': 'the Code',
  'urn:comity:instrument:gids': 'the Initiative',
}

const acknowledged: Readonly<Record<string, string>> = {
  affected: 'is affected by',
  not_affected: 'is not affected by',
  mitigated: 'has mitigated',
  remedied: 'has remedied',
}

/** What a statement says, as the end of a sentence that begins with its author. */
export function told({ kind, sub, payload }: StatementSummary & { readonly payload: unknown }): string {
  const text = (name: string) => memberOf(payload, name)
  switch (kind) {
    case 'party':
      return text('previous') === undefined ? 'was founded' : 'changed its party statement'
    case 'policy':
      return 'set the policy of this log'
    case 'adherence':
      return `declared adherence to ${instruments[sub] ?? sub}`
    case 'support':
      return `declared support for ${instruments[sub] ?? sub}`
    case 'product':
      return `registered the product ${text('name') ?? ''} with its update policy`
    case 'release':
      return `registered release ${parseReleaseUrn(sub)?.version ?? ''} of a product with its bill of materials`
    case 'supply':
      return `gave notice of a supply restriction: ${text('action') ?? ''}`
    case 'advisory':
      return `published the advisory ${text('id') ?? ''}: ${text('title') ?? ''}`
    case 'acknowledgement':
      return `was told of ${parseAdvisoryUrn(sub)?.id ?? sub} and ${acknowledged[text('state') ?? ''] ?? 'answered'} it`
    case 'endorsement':
      return 'endorsed another party'
    case 'approval':
      return 'approved a statement of its own with a further key'
    case 'findings':
      return 'published findings'
    case 'withholding':
      return 'withheld a document'
    case 'trust':
      return 'stated whom it trusts'
    case 'move':
      return `moved in the case ${parseCaseUrn(sub)?.slug ?? sub}: ${movedText(text('procedure') ?? '', text('move') ?? '')}`
    case 'commitment':
      return 'committed itself to an hour of its sealed messages, whichever they were'
    case 'continuation':
      return 'said which log this one continues'
    default:
      return `registered a statement of kind ${kind}`
  }
}

/** `Enter into consultations (Settlement of a dispute)`; of a procedure that is not known here, as the statement has it. */
function movedText(version: string, move: string): string {
  try {
    const procedure = procedureOf(version)
    return `${titleOfMove(procedure, move)} (${procedure.title})`
  } catch (error) {
    if (!(error instanceof ProcedureError)) throw error
    return `${move} (${version})`
  }
}

function memberOf(payload: unknown, name: string): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const value = Object.getOwnPropertyDescriptor(payload, name)?.value
  return typeof value === 'string' ? value : undefined
}
