/** A line of a text file, without its end. Undefined where it is too long or no UTF-8. */
export interface Line {
  readonly number: number
  readonly text: string | undefined
}

/** Bytes of one line. Records of the registries have about a hundred, rows of the World Bank two thousand. */
const lineBytes = 64 * 1024

const newline = 0x0a

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The lines of a stream, whatever its pieces; ends of both kinds, a byte order mark left out. */
export async function* linesOf(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0
  let pieces: Uint8Array[] = []
  let length = 0
  const take = (): Line => {
    number += 1
    const line = { number, text: length > lineBytes ? undefined : textOf(pieces, length) }
    pieces = []
    length = 0
    return line
  }
  for await (const piece of source) {
    let from = 0
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, from)) {
      add(piece.subarray(from, end))
      yield take()
      from = end + 1
    }
    add(piece.subarray(from))
  }
  if (length > 0) yield take()

  function add(part: Uint8Array): void {
    length += part.length
    // Of what is too long nothing is kept but its length.
    if (length <= lineBytes && part.length > 0) pieces.push(part.slice())
  }
}

function textOf(pieces: readonly Uint8Array[], length: number): string | undefined {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  try {
    return decoder.decode(bytes).replace(/\r$/, '')
  } catch {
    return undefined // said to be no UTF-8 by whoever reads the line
  }
}
