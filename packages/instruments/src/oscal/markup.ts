/**
 * Somebody's words as OSCAL's Markdown: every character that would be read as markup is escaped, so that they stand
 * there as they were written, and nothing of them becomes a link, an image or HTML.
 */
export function markup(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(special, '\\$&')
}

/** The same in one line. */
export function markupLine(text: string): string {
  return markup(oneLine(text))
}

/** Words as a string of OSCAL: one line without space at its ends. Undefined where nothing is left. */
export function oneLine(text: string): string {
  const line = text.replaceAll(breaks, ' ').trim()
  return line === '' ? '(empty)' : line
}

/** Markup of CommonMark, and of OSCAL's own insertions `{{ … }}` and subscripts. */
const special = /[\\`*_{}[\]<>~^#|&]/g

/** Line ends of every kind, and control characters, which no line holds. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const breaks = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu
