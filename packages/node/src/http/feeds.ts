/** Notifications in the two forms that feed readers take: Atom (RFC 4287) and JSON Feed 1.1. */
import type { JsonFeed, Notification } from '@comity/contract'

/** What a feed says of itself. */
export interface FeedHead {
  readonly title: string
  readonly description: string
  /** `urn:…` of what the feed is about: the same at every node. */
  readonly id: string
  /** Addresses, absolute where the node knows where the world reaches it. */
  readonly self: string
  readonly next?: string
  readonly home: string
  /** In front of the paths that items link to. */
  readonly base: string
}

/** RFC 3339. */
function moment(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z')
}

/** What a notification says, for people: one act on each line. */
function linesOf({ acts }: Notification): string {
  return acts
    .map(({ act, provision, text, at }) =>
      [
        act.replaceAll('-', ' '),
        ...(provision === undefined ? [] : [provision]),
        ...(at === undefined ? [] : [`as of ${moment(at)}`]),
        ...(text === undefined ? [] : [`“${text}”`]),
      ].join(' '),
    )
    .join('\n')
}

const nameOf = ({ names, party }: Notification['by']): string => names[0]?.text ?? party

/** An Atom document. Every text of strangers is escaped, and what XML cannot hold is left out. */
export function atomFeed(head: FeedHead, items: readonly Notification[]): string {
  const updated = items[0]?.at ?? 0
  const entries = items.map((item) =>
    [
      '  <entry>',
      `    <id>${escaped(item.id)}</id>`,
      `    <title>${escaped(item.title)}</title>`,
      `    <updated>${moment(item.at)}</updated>`,
      `    <author><name>${escaped(nameOf(item.by))}</name><uri>${escaped(item.by.party)}</uri></author>`,
      `    <link rel="alternate" type="application/json" href="${escaped(head.base + item.links.statement)}"/>`,
      `    <link rel="related" type="application/json" href="${escaped(head.base + item.links.case)}"/>`,
      ...[...new Set(item.acts.map(({ act }) => act))].map((act) => `    <category term="${escaped(act)}"/>`),
      `    <content type="text">${escaped(linesOf(item))}</content>`,
      '  </entry>',
    ].join('\n'),
  )
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
    `  <id>${escaped(head.id)}</id>`,
    `  <title>${escaped(head.title)}</title>`,
    `  <subtitle>${escaped(head.description)}</subtitle>`,
    `  <updated>${moment(updated)}</updated>`,
    `  <link rel="self" type="application/atom+xml" href="${escaped(head.self)}"/>`,
    ...(head.next === undefined
      ? []
      : [`  <link rel="next" type="application/atom+xml" href="${escaped(head.next)}"/>`]),
    `  <link rel="alternate" type="application/json" href="${escaped(head.home)}"/>`,
    ...entries,
    '</feed>',
    '',
  ].join('\n')
}

export function jsonFeed(head: FeedHead, items: readonly Notification[]): JsonFeed {
  return {
    version: 'https://jsonfeed.org/version/1.1',
    title: head.title,
    description: head.description,
    home_page_url: head.home,
    feed_url: head.self,
    ...(head.next === undefined ? {} : { next_url: head.next }),
    language: 'en',
    items: items.map((item) => ({
      id: item.id,
      url: head.base + item.links.statement,
      title: item.title,
      content_text: linesOf(item),
      date_published: moment(item.at),
      authors: [{ name: nameOf(item.by) }],
      tags: [...new Set(item.acts.map(({ act }) => act))],
    })),
  }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for an element or a quoted attribute (XML 1.0 §2.2 and §2.4). */
export function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 cannot hold in any form
  const held = text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  return held.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
}
