/** Text for terminals: nothing is wider than the terminal, and never wider than 80 columns is needed. */
import { stripVTControlCharacters } from 'node:util'

export const defaultWidth = 80

/** Columns that `text` takes in a terminal; a character outside ASCII may take two. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += wide.test(character) ? 2 : 1
  return width
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** What others wrote, made safe to show: no control character reaches the terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')
}

/** Breaks paragraphs at spaces so that no line is wider than `width`; longer words stay whole. */
export function wrap(text: string, { width = defaultWidth, indent = '' } = {}): string {
  return text
    .split('\n')
    .map((paragraph) => wrapParagraph(paragraph, width, indent))
    .join('\n')
}

function wrapParagraph(paragraph: string, width: number, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(' ')) {
    if (line !== '' && widthOf(indent + line) + 1 + widthOf(word) > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line === '' ? '' : indent + line)
  return lines.join('\n')
}

/** Shortens to `width` columns with an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** `label  value` lines; values that do not fit continue under themselves. Undefined values are left out. */
export function fields(rows: readonly (readonly [string, string | number | undefined])[]): string {
  const shown = rows.filter((row): row is readonly [string, string | number] => row[1] !== undefined)
  const labels = Math.max(0, ...shown.map(([label]) => widthOf(label)))
  const indent = ' '.repeat(labels + 4)
  return shown
    .map(([label, value]) => {
      const padded = `  ${label}${' '.repeat(labels - widthOf(label))}  `
      return padded + wrap(plainLines(String(value)), { indent }).slice(indent.length)
    })
    .join('\n')
}

function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n')
}

/** A table whose last column gives way so that every line fits. An empty table is `empty`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], empty = 'none'): string {
  if (rows.length === 0) return `  ${empty}`
  const all = [head, ...rows.map((row) => row.map(plain))]
  const widths = head.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))))
  shrink(widths, defaultWidth - 2 - 2 * (head.length - 1))
  return all
    .map((row) => {
      const cells = widths.map((width, column) => pad(cut(row[column] ?? '', width), width))
      return `  ${cells.join('  ').trimEnd()}`
    })
    .join('\n')
}

/** Takes from the widest column until the row fits. */
function shrink(widths: number[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - available
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 1) - 1
    excess -= 1
  }
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** `2026-11-21 14:03:09 UTC` */
export function dateText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `1,234,567` */
export function countText(count: number): string {
  return new Intl.NumberFormat('en').format(count)
}

/** `3 statements`, `1 statement` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}
