import { wrap } from '../terminal/text.ts'

/** An item of a list: what it is, two columns in, and what is said of it, four columns in; undefined is left out. */
export function entry(head: string, ...details: readonly (string | undefined)[]): string {
  const [first = '', ...rest] = wrap(head, { indent: '    ' }).split('\n')
  const below = details.flatMap((text) => (text === undefined ? [] : [wrap(text, { indent: '    ' })]))
  return [first.slice(2), ...rest, ...below].join('\n')
}
