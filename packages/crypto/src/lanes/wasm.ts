/**
 * As much of WebAssembly's binary format as one function over 128-bit vectors needs (WebAssembly
 * Core Specification 2.0, chapter 5). Instructions are built as nested lists and flattened once.
 */
export type Code = number | readonly Code[]

export const { and, or, xor } = { and: vector(0x4e), or: vector(0x50), xor: vector(0x51) }

/** Lane by lane modulo 2^32 (i32x4.add). */
export const add = vector(0xae)

/** Of three vectors on the stack, takes bits of the first where the third has 1, else of the second. */
export const select = vector(0x52)

export const end: Code = 0x0b

export function get(local: number): Code {
  return [0x20, unsigned(local)]
}

export function set(local: number): Code {
  return [0x21, unsigned(local)]
}

/** Sets the local and leaves the value on the stack. */
export function tee(local: number): Code {
  return [0x22, unsigned(local)]
}

export function int(value: number): Code {
  return [0x41, signed(value)]
}

/** Adds a number to a local integer. */
export function increase(local: number, by: number): Code {
  return [get(local), int(by), 0x6a, set(local)]
}

/** The same 32-bit word in all four lanes. */
export function word(value: number): Code {
  const lane = [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]
  return vector(0x0c, lane, lane, lane, lane)
}

/** The lanes of a local, each shifted right. */
export function shiftRight(local: number, bits: number): Code {
  return [get(local), int(bits), vector(0xad)]
}

/** The lanes of a local, each rotated right: there is no instruction for it. */
export function rotateRight(local: number, bits: number): Code {
  return [shiftRight(local, bits), get(local), int(32 - bits), vector(0xab), or]
}

/** Reverses the bytes of each lane of the vector on the stack; overwrites `scratch`. */
export function reverseBytes(scratch: number): Code {
  const order = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]
  return [tee(scratch), get(scratch), vector(0x0d, order)]
}

/** Four words from memory, `stride` bytes apart, first at `address` (a local) + `offset`. */
export function gather(address: number, offset: number, stride: number): Code {
  return [0, 1, 2, 3].reduce<Code>(
    (lanes, lane) => [get(address), lanes, vector(0x56, 0, unsigned(offset + lane * stride), lane)],
    word(0),
  )
}

/** The other way round: the lanes of a local to memory. */
export function scatter(value: number, address: number, offset: number, stride: number): Code {
  return [0, 1, 2, 3].map((lane) => [get(address), get(value), vector(0x5a, 0, unsigned(offset + lane * stride), lane)])
}

/** A loop; `repeatIf(0)` as its last instruction starts it again. */
export function loop(...body: readonly Code[]): Code {
  return [0x03, 0x40, body, end]
}

/** A block that `leaveIf` leaves. */
export function block(...body: readonly Code[]): Code {
  return [0x02, 0x40, body, end]
}

/** Branches to the label `depth` levels out if the integer on the stack is not 0. */
export function branchIf(depth: number): Code {
  return [0x0d, depth]
}

export function branch(depth: number): Code {
  return [0x0c, depth]
}

/**
 * A module with one page of memory (exported as `memory`) and one function (exported as `run`) of
 * `parameters` integers, with further locals.
 */
export function moduleOf(parameters: number, integers: number, vectors: number, body: Code): Uint8Array<ArrayBuffer> {
  const i32 = 0x7f
  const v128 = 0x7b
  const locals = [2, unsigned(integers), i32, unsigned(vectors), v128]
  const signature = [0x60, parameters, Array.from({ length: parameters }, () => i32), 0]
  const exported = [2, name('memory'), 0x02, 0, name('run'), 0x00, 0]
  return Uint8Array.from(
    flatten([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, [1, signature]),
      section(3, [1, 0]),
      section(5, [1, 0x00, 1]),
      section(7, exported),
      section(10, [1, sized([locals, body, end])]),
    ]),
  )
}

function vector(op: number, ...immediates: readonly Code[]): Code {
  return [0xfd, unsigned(op), immediates]
}

function section(id: number, content: Code): Code {
  return [id, sized(content)]
}

function name(text: string): Code {
  return sized([...text].map((character) => character.charCodeAt(0)))
}

function sized(content: Code): Code {
  const bytes = flatten(content)
  return [unsigned(bytes.length), bytes]
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? value : [(value & 0x7f) | 0x80, unsigned(value >>> 7)]
}

/** LEB128 of a signed number: the last byte's second bit is its sign. */
function signed(value: number): Code {
  return value >= -64 && value < 64 ? value & 0x7f : [(value & 0x7f) | 0x80, signed(value >> 7)]
}

function flatten(code: Code, into: number[] = []): number[] {
  if (typeof code === 'number') into.push(code)
  else for (const part of code) flatten(part, into)
  return into
}
