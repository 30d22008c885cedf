import { sha256 } from '@comity/crypto'

/**
 * Looks for what is sealed in whatever it is shown, in every writing that a text may stand in: UTF-8 and UTF-16, hex,
 * base64 at each alignment in both alphabets.
 */
export class Eavesdropper {
  readonly #writings: readonly Buffer[]
  /** Where something was found. */
  readonly found = new Set<string>()
  /** Bytes that were looked through. */
  heard = 0

  constructor(secrets: readonly string[]) {
    this.#writings = secrets.flatMap(writingsOf)
  }

  hear(where: string, bytes: Uint8Array): void {
    this.heard += bytes.length
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (this.#writings.some((writing) => buffer.includes(writing))) this.found.add(where)
  }
}

function writingsOf(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text)
  // Base64 at each of its three alignments, without the characters that depend on what stands beside.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), utf8])
      .toString('base64')
      .slice(4, -4),
  )
  const texts = [
    utf8.toString('hex'),
    ...base64,
    ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
  ]
  return [utf8, Buffer.from(text, 'utf16le'), ...texts.map((each) => Buffer.from(each))]
}

/** Writings of an identifier of 64 hex digits: as it stands, and its bytes. */
export function idWritings(id: string): readonly Buffer[] {
  return [Buffer.from(id), Buffer.from(id, 'hex')]
}

/** A short name for bytes that are only compared. */
export function digestOf(text: string): string {
  return Buffer.from(sha256(Buffer.from(text))).toString('hex')
}
