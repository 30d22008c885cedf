import type { Told, ToldAlert } from './told.ts'

/** Where its reader looks on. */
export interface Where {
  /** Where the world reaches the node; empty where nobody said. */
  readonly publicUrl: string
}

/**
 * A message as mail: plain text, one fact on a line and no line broken, so that a phone breaks them as it likes. With
 * `detail` none it names neither advisory nor component, nor how many there are.
 */
export function mailWords(told: Told, where: Where): { readonly subject: string; readonly text: string } {
  const { detail, alerts, total } = told
  const known = detail === 'none' ? unnamed : alerts.length === 0 ? [] : described(told)
  return {
    subject: detail === 'none' ? 'Comity: something new concerns what you run' : subjectOf(alerts, total),
    text: `${[...known, ...missedLines(told), ...whereLines(told, where)].join('\n')}\n`,
  }
}

/** What the mail says that somebody asks for to see whether mail arrives. */
export function testMail(where: Where): { readonly subject: string; readonly text: string } {
  return {
    subject: 'Comity: a test',
    text: `${['This is what you asked for: mail of your node arrives here.', 'Nothing happened.', ...nodeLine(where)].join('\n')}\n`,
  }
}

const unnamed = [
  'Advisories concern something in your inventories that they did not concern before, or have something new to say of it.',
  '',
  'What they are stays in your node: this mail names nothing, as you chose.',
]

function subjectOf(alerts: readonly ToldAlert[], total: number): string {
  const ids = new Set(alerts.map(({ vulnerability }) => vulnerability))
  const [first] = ids
  const components = `${total} ${total === 1 ? 'component' : 'components'}`
  if (first !== undefined && ids.size === 1 && total === alerts.length) return `Comity: ${first} concerns ${components}`
  return `Comity: ${ids.size}${total > alerts.length ? ' or more' : ''} vulnerabilities concern ${components}`
}

function described({ alerts, total }: Told): readonly string[] {
  const groups = [...Map.groupBy(alerts, ({ vulnerability, advisory }) => `${vulnerability} ${advisory.id}`).values()]
  const more = total - alerts.length
  return [...groups.flatMap((group) => [...groupLines(group), '']), ...(more > 0 ? [`… and ${more} more.`, ''] : [])]
}

const stateWords = {
  affected: 'AFFECTED',
  under_investigation: 'UNDER INVESTIGATION',
  undetermined: 'UNDETERMINED',
  fixed: 'fixed',
  not_affected: 'not affected',
  remedied: 'remedied',
  mitigated: 'mitigated',
} as const

function groupLines(group: readonly ToldAlert[]): readonly string[] {
  const [first] = group
  if (first === undefined) return []
  const { id, title, by } = first.advisory
  return [
    first.vulnerability === id ? `${id}, says ${by}` : `${first.vulnerability}: ${id}, says ${by}`,
    ...(title === '' || title === id ? [] : [title]),
    `Do: ${first.todo}`,
    ...group.flatMap(({ state, component, inventory, why, priority }) => [
      '',
      `${stateWords[state]}: ${component.name}${component.version === undefined ? '' : ` ${component.version}`}, in ${inventory}`,
      `Why: ${why}`,
      ...priority.map((each) => `- ${each}`),
      ...(component.path.length < 2 ? [] : [`Path: ${component.path.join(' > ')}`]),
    ]),
  ]
}

function missedLines({ missed }: Told): readonly string[] {
  if (missed === 0) return []
  const what = missed === 1 ? 'An earlier message' : `${missed} earlier messages`
  return [`${what} could not be brought to you: what it said is listed where you look now.`]
}

function whereLines({ alerts }: Told, where: Where): readonly string[] {
  const ids = [...new Set(alerts.map(({ advisory }) => advisory.id))]
  const [only] = ids
  // An identifier is the publisher's own text: what a shell would take for more than a word is not offered for pasting.
  const isWord = ids.length === 1 && only !== undefined && /^[\w.:-]+$/.test(only)
  return [
    '',
    `Look: comity matches${isWord ? ` --advisory ${only}` : ''}`,
    ...nodeLine(where),
    'Fewer mails, or none: comity notify list',
  ]
}

function nodeLine({ publicUrl }: Where): readonly string[] {
  return publicUrl === '' ? [] : [`Node: ${publicUrl}`]
}
