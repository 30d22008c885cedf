import { escaped } from '../../http/feeds.ts'
import type { Alert } from '../alerts.ts'
import type { Detail } from '../record/telling-event.ts'
import { toldAlert } from './told.ts'

/** Alerts as an Atom feed (RFC 4287), newest first. With `detail` none its entries name nothing. */
export function atomWords(
  alerts: readonly Alert[],
  {
    detail,
    subscription,
    self,
    startAt,
  }: {
    readonly detail: Detail
    readonly subscription: string
    /** Its own address. */
    readonly self: string
    /** When it began, whole seconds since the epoch: its time while it is empty. */
    readonly startAt: number
  },
): string {
  const updated = Math.max(startAt, ...alerts.map(({ at }) => at))
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
    `  <id>${idOf(subscription)}</id>`,
    '  <title>What concerns you</title>',
    '  <author><name>Comity</name></author>',
    `  <updated>${moment(updated)}</updated>`,
    `  <link rel="self" type="application/atom+xml" href="${escaped(self)}"/>`,
    ...alerts.map((alert) => entry(alert, detail, subscription)),
    '</feed>',
    '',
  ].join('\n')
}

function entry(alert: Alert, detail: Detail, subscription: string): string {
  const { title, text } = detail === 'none' ? unnamed : namedWords(alert)
  return [
    '  <entry>',
    `    <id>${idOf(subscription, alert.cursor)}</id>`,
    `    <title>${escaped(title)}</title>`,
    `    <updated>${moment(alert.at)}</updated>`,
    `    <content type="text">${escaped(text)}</content>`,
    '  </entry>',
  ].join('\n')
}

const unnamed = {
  title: 'Something new concerns what you run',
  text: 'What it is stays in your node: this feed names nothing, as you chose. Look: comity matches',
}

function namedWords({ match }: Alert): { readonly title: string; readonly text: string } {
  const { vulnerability, advisory, component, inventory, state, why, priority, todo } = toldAlert(match)
  const what = [component.name, ...(component.version === undefined ? [] : [component.version])].join(' ')
  return {
    title: `${vulnerability}: ${what} ${state.replaceAll('_', ' ')}`,
    text: [
      ...(advisory.title === '' ? [] : [advisory.title]),
      `Do: ${todo}`,
      `In: ${inventory}`,
      `Why: ${why}`,
      ...priority.map((each) => `- ${each}`),
      ...(component.path.length < 2 ? [] : [`Path: ${component.path.join(' > ')}`]),
      `By: ${advisory.by}`,
    ].join('\n'),
  }
}

/** Permanent names, which say nothing beyond the feed. */
function idOf(subscription: string, entryName = ''): string {
  return `urn:comity:feed:${subscription}${entryName === '' ? '' : `:${entryName}`}`
}

/** RFC 3339. */
function moment(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z')
}
