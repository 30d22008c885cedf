/**
 * Reads one large JSON object in pieces: its members one after the other, and the elements of those
 * members that are arrays one after the other. Never more than one element is in memory.
 *
 *     { "bomFormat": "CycloneDX", "components": [ {…}, {…} ], … }
 *       └── member ───────────┘                   └── element
 *
 * This class only finds where a value begins and ends; the value itself goes through `JSON.parse`.
 * That is why it is several times as fast as a tokenizer that builds values in JavaScript
 * (docs/decisions/sbom-reading.md has the figures).
 */
import { ExposureError } from '../exposure-error.ts'
import { jsonPointer } from '../problem.ts'

/** What receives the pieces, in document order. */
export interface MemberSink {
  /** A member whose value is no array. */
  readonly member: (name: string, value: unknown) => void
  /** A member whose value is an array begins; its elements follow. */
  readonly array: (name: string) => void
  /** One element of the array that began last. */
  readonly element: (name: string, index: number, value: unknown) => void
}

/** Limits on one value, in octets and in levels. */
export interface ValueLimits {
  readonly elementBytes: number
  readonly depth: number
}

type State =
  | 'start'
  | 'first-key'
  | 'key'
  | 'colon'
  | 'value'
  | 'after-member'
  | 'first-element'
  | 'element'
  | 'after-element'
  | 'end'

/** What is being captured: a string, a number or literal, or an object or array. */
type Capture = 'none' | 'string' | 'scalar' | 'nested'

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openArray = 0x5b
const closeArray = 0x5d
const openObject = 0x7b
const closeObject = 0x7d
const lessThan = 0x3c
/** Some tools begin a file with it; RFC 8259 section 8.1 lets a reader ignore it. */
const byteOrderMark = [0xef, 0xbb, 0xbf]

/** Takes a document in chunks and hands its members and elements to a sink; holds one value at a time. */
export class JsonMembers {
  readonly #sink: MemberSink
  readonly #limits: ValueLimits
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  readonly #names = new Set<string>()
  #state: State = 'start'
  #capture: Capture = 'none'
  #depth = 0
  #inString = false
  #escaped = false
  #member = ''
  #index = 0
  /** The beginning of a value that the previous chunks cut off. */
  #carried = new Uint8Array(0)
  #carriedBytes = 0
  #marks = 0

  constructor(sink: MemberSink, limits: ValueLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  /** Takes the next octets. Throws `ExposureError` (`not-json`, `not-utf-8`, `too-large`, `too-deep`). */
  push(chunk: Uint8Array): void {
    let at = 0
    let start = 0
    while (at < chunk.length) {
      if (this.#capture === 'none') {
        const byte = chunk[at] ?? 0
        if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
          at += 1
          continue
        }
        start = at
        at = this.#step(byte, at)
        continue
      }
      const end = this.#scan(chunk, at)
      if (end < 0) break
      this.#deliver(chunk.subarray(start, end))
      at = end
    }
    if (this.#capture !== 'none') this.#carry(chunk.subarray(start))
  }

  /** Ends the document. Throws `ExposureError('not-json')` when it is cut off. */
  end(): void {
    if (this.#state === 'start') this.#refuse('it is empty')
    if (this.#state !== 'end') this.#refuse('the document is cut off')
  }

  /** One octet between values: returns where to go on, after having chosen what comes next. */
  #step(byte: number, at: number): number {
    switch (this.#state) {
      case 'start':
        if (byte === byteOrderMark[this.#marks]) this.#marks += 1
        else if (byte === openObject && this.#marks % 3 === 0) this.#state = 'first-key'
        else this.#refuse(byte === lessThan ? 'it begins like XML' : 'it begins with something else than {')
        return at + 1
      case 'first-key':
      case 'key':
        if (byte === closeObject && this.#state === 'first-key') this.#state = 'end'
        else if (byte === quote) return this.#begin('string', at)
        else this.#refuse('a member name was expected')
        return at + 1
      case 'colon':
        if (byte !== colon) this.#refuse('":" was expected after a member name')
        this.#state = 'value'
        return at + 1
      case 'value':
        if (byte !== openArray) return this.#begin(captureOf(byte), at)
        this.#index = 0
        this.#sink.array(this.#member)
        this.#state = 'first-element'
        return at + 1
      case 'first-element':
      case 'element':
        if (byte === closeArray && this.#state === 'first-element') this.#state = 'after-member'
        else return this.#begin(captureOf(byte), at)
        return at + 1
      case 'after-element':
        if (byte === comma) this.#state = 'element'
        else if (byte === closeArray) this.#state = 'after-member'
        else this.#refuse('"," or "]" was expected after an element')
        return at + 1
      case 'after-member':
        if (byte === comma) this.#state = 'key'
        else if (byte === closeObject) this.#state = 'end'
        else this.#refuse('"," or "}" was expected after a member')
        return at + 1
      case 'end':
        return this.#refuse('something follows the end of the document')
    }
  }

  #begin(capture: Capture, at: number): number {
    this.#capture = capture
    this.#depth = 0
    this.#inString = false
    this.#escaped = false
    // The opening quote or bracket is consumed here for strings, and by the scan for the others.
    if (capture !== 'string') return at
    this.#inString = true
    return at + 1
  }

  /** The index after the captured value, or -1 when it goes on in the next chunk. */
  #scan(chunk: Uint8Array, from: number): number {
    if (this.#capture === 'scalar') return endOfScalar(chunk, from)
    let at = from
    if (this.#inString) {
      at = this.#scanString(chunk, at)
      if (at < 0 || this.#capture === 'string') return at
    }
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at]
      if (byte === quote) {
        at = this.#scanString(chunk, at + 1)
        if (at < 0) return -1
        at -= 1
      } else if (byte === openObject || byte === openArray) {
        this.#depth += 1
        if (this.#depth > this.#limits.depth) {
          throw new ExposureError('too-deep', `values may nest ${this.#limits.depth} levels`, this.#pointer())
        }
      } else if (byte === closeObject || byte === closeArray) {
        this.#depth -= 1
        if (this.#depth === 0) return at + 1
      }
    }
    return -1
  }

  /** The index after the closing quote, or -1 when the string goes on in the next chunk. */
  #scanString(chunk: Uint8Array, from: number): number {
    let at = from
    if (this.#escaped) {
      this.#escaped = false
      at += 1
    }
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at]
      if (byte === quote) {
        this.#inString = false
        return at + 1
      }
      if (byte === backslash) {
        if (at + 1 === chunk.length) this.#escaped = true
        at += 1
      }
    }
    this.#inString = true
    return -1
  }

  #carry(rest: Uint8Array): void {
    this.#measure(rest.length)
    const needed = this.#carriedBytes + rest.length
    if (needed > this.#carried.length) {
      // Doubling keeps the copying linear however small the chunks are.
      const larger = new Uint8Array(Math.max(needed, 2 * this.#carried.length, 4096))
      larger.set(this.#carried.subarray(0, this.#carriedBytes))
      this.#carried = larger
    }
    this.#carried.set(rest, this.#carriedBytes)
    this.#carriedBytes = needed
  }

  #deliver(end: Uint8Array): void {
    this.#measure(end.length)
    let bytes = end
    if (this.#carriedBytes > 0) {
      this.#carry(end)
      bytes = this.#carried.subarray(0, this.#carriedBytes)
    }
    const value = this.#parse(bytes)
    this.#carriedBytes = 0
    this.#capture = 'none'
    switch (this.#state) {
      case 'first-key':
      case 'key':
        this.#member = String(value)
        // Two readers could otherwise see two different documents in one.
        if (this.#names.has(this.#member)) this.#refuse(`member ${JSON.stringify(this.#member)} stands there twice`)
        this.#names.add(this.#member)
        this.#state = 'colon'
        return
      case 'value':
        this.#sink.member(this.#member, value)
        this.#state = 'after-member'
        return
      default:
        this.#sink.element(this.#member, this.#index, value)
        this.#index += 1
        this.#state = 'after-element'
    }
  }

  #parse(bytes: Uint8Array): unknown {
    let text: string
    try {
      text = this.#decoder.decode(bytes)
    } catch {
      throw new ExposureError('not-utf-8', 'the document is not UTF-8', this.#pointer())
    }
    try {
      return JSON.parse(text)
    } catch {
      // The parser's own message quotes the document, which may be nobody else's business.
      return this.#refuse('a value does not parse')
    }
  }

  #measure(more: number): void {
    if (this.#carriedBytes + more <= this.#limits.elementBytes) return
    throw new ExposureError('too-large', `one element may have ${this.#limits.elementBytes} octets`, this.#pointer())
  }

  /** Where in the document the reader is; good enough for a person to find the place. */
  #pointer(): string {
    if (this.#member === '') return ''
    const inArray = this.#state === 'element' || this.#state === 'first-element' || this.#state === 'after-element'
    return jsonPointer(this.#member.slice(0, 80), ...(inArray ? [this.#index] : []))
  }

  #refuse(reason: string): never {
    throw new ExposureError('not-json', `this is not a JSON object: ${reason}`, this.#pointer())
  }
}

/** A number or literal ends where something else begins. */
function endOfScalar(chunk: Uint8Array, from: number): number {
  for (let at = from; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0
    if (byte === comma || byte === closeArray || byte === closeObject || byte <= 0x20) return at
  }
  return -1
}

function captureOf(byte: number): Capture {
  if (byte === quote) return 'string'
  return byte === openObject || byte === openArray ? 'nested' : 'scalar'
}
