import { countText, plain, wrap } from './text.ts'

/** Problems that are shown; the rest are counted. */
const shown = 10

/** What is wrong with a document, part by part: the place, and below it the whole reason. */
export function problemList(
  problems: readonly { readonly pointer: string; readonly message: string }[],
  total: number = problems.length,
): string {
  const lines = problems
    .slice(0, shown)
    .map(
      ({ pointer, message }) =>
        `    ${plain(pointer === '' ? 'the document' : pointer)}\n${wrap(plain(message), { indent: '      ' })}`,
    )
  const more = total - lines.length
  return [...lines, ...(more > 0 ? [`    … and ${countText(more)} more; --json lists them`] : [])].join('\n')
}
