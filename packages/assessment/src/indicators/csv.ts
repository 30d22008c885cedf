/**
 * One line of CSV (RFC 4180) as its fields. Undefined where a quote is not closed, or text stands behind a closed one:
 * records that span lines are not taken, since none of the formats read here has any.
 */
export function csvFields(line: string): readonly string[] | undefined {
  const fields: string[] = []
  for (let at = 0; ;) {
    const field = line[at] === '"' ? quoted(line, at + 1) : plain(line, at)
    if (field === undefined) return undefined
    fields.push(field.text)
    if (field.end === line.length) return fields
    if (line[field.end] !== ',') return undefined
    at = field.end + 1
  }
}

interface Field {
  readonly text: string
  /** Where the comma behind it stands, or the end of the line. */
  readonly end: number
}

function plain(line: string, from: number): Field {
  const comma = line.indexOf(',', from)
  const end = comma < 0 ? line.length : comma
  return { text: line.slice(from, end), end }
}

function quoted(line: string, from: number): Field | undefined {
  let text = ''
  for (let at = from; ;) {
    const quote = line.indexOf('"', at)
    if (quote < 0) return undefined
    text += line.slice(at, quote)
    if (line[quote + 1] !== '"') return { text, end: quote + 1 }
    text += '"'
    at = quote + 2
  }
}

/** Fields as one line of CSV. */
export function csvLine(fields: readonly (string | number)[]): string {
  return fields
    .map((each) => (/[",\r\n]/.test(String(each)) ? `"${String(each).replaceAll('"', '""')}"` : each))
    .join(',')
}
