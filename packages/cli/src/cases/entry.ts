import { wrap } from '../terminal/text.ts'

/** An item of a list: what it is, two columns in, and what is said of it, four columns in; undefined is left out. */
export function entry(head: string, ...details: readonly (string | undefined)[]): string {
  const [first = '', ...rest] = wrap(head, { indent: '    ' }).split('\n')
  const below = details.flatMap((text) => (text === undefined ? [] : [wrap(text, { indent: '    ' })]))
  return [first.slice(2), ...rest, ...below].join('\n')
}

/** `label  value` lines four columns in, under an item; undefined values are left out. */
export function entryFields(rows: readonly (readonly [string, string | undefined])[]): string {
  const shown = rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]))
  const labels = Math.max(0, ...shown.map(([label]) => label.length))
  const indent = ' '.repeat(labels + 6)
  return shown
    .map(([label, value]) => `    ${label.padEnd(labels)}  ${wrap(value, { indent }).slice(indent.length)}`)
    .join('\n')
}
