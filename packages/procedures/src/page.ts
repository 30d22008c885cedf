import { recordsIn } from './at-time.ts'
import { lengthText } from './clocks/length.ts'
import { commonTitles } from './common-moves.ts'
import {
  type Citation,
  type ClockDefinition,
  type MoveDefinition,
  type Procedure,
  type RoleDefinition,
  versionName,
  visibilityOf,
} from './definition.ts'
import { diagramOf } from './diagram.ts'

/** A procedure as a page in Markdown, made from nothing but its definition. */
export function pageOf(procedure: Procedure): string {
  const { title, purpose, provisions, roles, seat, states, moves, clocks, sources } = procedure
  return [
    `# ${title}`,
    '',
    `\`${versionName(procedure)}\`, for ${provisions.map((each) => `\`${each}\``).join(', ')}. ${purpose}`,
    '',
    ...table(
      ['role', 'who'],
      Object.entries(roles).map(([name, role]) => [`\`${name}\``, roleText(role)]),
    ),
    '',
    `Moves take effect in the order of the log of ${seat === 'opener' ? 'whoever opens the case' : `the ${seat}`}. What nothing else is said of is ${seenBy[procedure.visibility]}.`,
    '',
    '```mermaid',
    diagramOf(procedure).trimEnd(),
    '```',
    '',
    '## Moves',
    '',
    ...table(
      ['move', 'what', 'by', 'says', 'sees it'],
      Object.entries(moves).map(([name, move]) => [
        `\`${name}\``,
        [
          move.title,
          move.each === true ? 'done once each of them has' : undefined,
          move.after === undefined ? undefined : `once \`${move.after}\` has lapsed`,
          move.within === undefined ? undefined : `until \`${move.within}\` runs out`,
          move.kinds === undefined
            ? undefined
            : `made by a statement of kind ${move.kinds.map((kind) => `\`${kind}\``).join(' or ')}`,
          move.brings === undefined
            ? undefined
            : `brings the document whose digest ${move.brings.map((field) => `\`${field}\``).join(', ')} is`,
          move.guard?.says,
          ...(move.cites ?? []).map(citationText),
        ]
          .filter((part) => part !== undefined)
          .join('; '),
        move.by === 'anyone' ? `anyone, who is then ${move.joins ?? ''}` : move.by.join(', '),
        Object.keys(move.body.properties)
          .map((field) => {
            const isRequired = ((move.body['required'] ?? []) as readonly string[]).includes(field) // names of members
            return isRequired ? `\`${field}\`` : `\`${field}\`?`
          })
          .join(', '),
        sightText(procedure, move),
      ]),
    ),
    '',
    commonText(procedure),
    ...(procedure.refuses === undefined
      ? []
      : ['', `Refused in every move, in whichever log it is filed: ${procedure.refuses.says}.`]),
    '',
    '## Clocks',
    '',
    ...table(
      ['clock', 'length', 'runs', 'binds', 'lapse', 'source'],
      Object.entries(clocks).map(([name, clock]) => [
        `\`${name}\``,
        lengthsText(clock),
        runsText(clock),
        clock.isEach === true ? `${clock.binds}, each its own` : clock.binds,
        clock.term === undefined ? clock.lapse : `${clock.lapse}: the case is then \`${clock.term}\`, by itself`,
        citationText(clock.source),
      ]),
    ),
    '',
    'A lapse is never stored, and decides nothing. Days end with the last second of the last of them, in the zone of the case; hours are exact.',
    '',
    '## On record',
    '',
    ...Object.keys(states).flatMap((name) =>
      recordsIn(procedure, name).map(({ provision, text }) => `- \`${name}\`, for \`${provision}\`: ${text}`),
    ),
    '',
    '## Sources',
    '',
    ...sources.map((source) => `- ${citationText(source)}`),
    '',
  ].join('\n')
}

function roleText({ title, most = 1, leaves, knownTo }: RoleDefinition): string {
  const many = most === 1 ? '' : `; up to ${most}`
  const left =
    leaves === undefined
      ? ''
      : `; leaves by its own notice, and with fewer than ${leaves.least} the case is \`${leaves.state}\``
  const known = knownTo === undefined ? '' : `; known to ${knownTo.map((role) => `\`${role}\``).join(', ')} alone`
  return `${title}${many}${known}${left}`
}

/** Who sees a move, and when it becomes public. */
function sightText(procedure: Procedure, move: MoveDefinition): string {
  const { seenBy, publicWith = [], fields = {} } = move
  const visibility = visibilityOf(procedure, move)
  const kept = Object.keys(fields).map((field) => `\`${field}\``)
  const later = publicWith.map((state) => `\`${state}\``).join(', ')
  return [
    seenBy === undefined ? visibility : `thread: its author, ${seenBy.join(', ')}, whom it names`,
    ...(later === '' ? [] : [`public with ${later}${kept.length === 0 ? '' : `, but for ${kept.join(', ')}`}`]),
  ].join('; ')
}

function runsText({ starts, stops, from, when, where }: ClockDefinition): string {
  return [
    `from ${named(starts)}`,
    ...(when === undefined ? [] : [`where that says \`${when}\``]),
    ...(where === undefined ? [] : [`where \`${where.fact}\` is ${where.is}`]),
    ...(from === undefined ? [] : [`counted from \`${from}\``]),
    stops.length === 0 ? 'to its end' : `until ${named(stops)}`,
  ].join(', ')
}

function commonText({ common, states }: Procedure): string {
  const has = Object.entries(commonTitles).filter(
    ([name]) => common === undefined || common.some((each) => each === name),
  )
  const moves = has.map(([name, what]) => `\`${name}\` (${what.toLowerCase()})`).join(', ')
  const settled = Object.entries(states).flatMap(([name, { isSettled }]) => (isSettled === true ? [`\`${name}\``] : []))
  return [
    `Beside these, in every state: ${moves}. A reply is possible also after the end.`,
    ...(has.some(([name]) => name === 'accept')
      ? ['A proposal is carried out once every party that was asked into the case has accepted it.']
      : []),
    ...(settled.length === 0 ? [] : [`Whoever opened it cannot withdraw it in ${settled.join(', ')}.`]),
  ].join(' ')
}

const seenBy = {
  public: 'public',
  parties: 'seen by the parties of the case',
  sealed: 'sealed: nobody else learns that there is a case',
} as const

function lengthsText({ length }: ClockDefinition): string {
  if ('until' in length)
    return `to the moment in \`${length.until}\`${length.usual === undefined ? '' : `, usually ${lengthText(length.usual)} at least`}`
  if (!('by' in length)) return lengthText(length)
  return Object.entries(length.lengths)
    .map(([word, each]) => `${lengthText(each)} where \`${length.by}\` is ${word}`)
    .join(', ')
}

function named(moves: readonly string[]): string {
  return moves.map((move) => `\`${move}\``).join(' or ')
}

function citationText({ text, url, verified }: Citation): string {
  const source = url === undefined ? text : `[${text}](${url})`
  return verified ? source : `${source} (unverified)`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
