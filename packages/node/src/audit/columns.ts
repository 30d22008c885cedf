/** Plain text in columns: what summaries are made of. */

/** The longest line. */
const columns = 80

/** A name and its text, in two columns. */
export function field(name: string, text: string): string[] {
  return item(name.padEnd(12), text)
}

/** A head, such as `- `, with its text set off behind it. */
export function item(head: string, text: string): string[] {
  const lines = wrap(text, columns - head.length)
  return lines.map((line, i) => (i === 0 ? head + line : ' '.repeat(head.length) + line))
}

/** Breaks at spaces; a word longer than a line is cut. */
export function wrap(text: string, width: number = columns): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => each.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [])) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A number with its noun: `1 entry`, `2,000 entries`. */
export function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}
