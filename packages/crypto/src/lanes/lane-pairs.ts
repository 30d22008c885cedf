import { sha256LanesModule } from './sha256-lanes.ts'

/** Hashes adjacent pairs: `pairs` of `TreeHasher`. */
export type Pairs = (source: Uint8Array, count: number, target: Uint8Array, offset: number) => void

/** How many pairs go into the module's one page of memory at a time: 32 KiB in, 16 KiB out. */
const atOnce = 512

/** Where the hashes begin: behind the pairs, which begin at byte 1, on a multiple of 16. */
const outputAt = 1 + atOnce * 64 + 15

/** Below a full group, one at a time is as fast. */
const worthIt = 4

/**
 * Hashes pairs four at a time. The other way is used for fewer than four, and for all where
 * WebAssembly is not to be had: an old engine, or a page whose content security policy lacks
 * `wasm-unsafe-eval`. The module is made when it is first needed (about 10 ms).
 */
export function fourAtATime(oneAtATime: Pairs): Pairs {
  let many: Pairs | undefined
  return (source, count, target, offset) => {
    if (count < worthIt) return oneAtATime(source, count, target, offset)
    many ??= lanePairs() ?? oneAtATime
    many(source, count, target, offset)
  }
}

/** The four-lane hasher alone; undefined where there is none. */
export function lanePairs(): Pairs | undefined {
  const kernel = load()
  if (kernel === undefined) return undefined
  const { memory, run } = kernel
  return (source, count, target, offset) => {
    for (let done = 0; done < count; done += atOnce) {
      const pairs = Math.min(atOnce, count - done)
      memory.set(source.subarray(done * 64, (done + pairs) * 64), 1)
      // Of a last group that is not full, the other lanes hash what lies there, and nobody looks.
      run(0, Math.ceil(pairs / 4), outputAt)
      target.set(memory.subarray(outputAt, outputAt + pairs * 32), offset + done * 32)
    }
  }
}

interface Kernel {
  readonly memory: Uint8Array
  readonly run: (source: number, groups: number, target: number) => void
}

/** As much of the WebAssembly API as is used here; the types of ES2024 and of Node lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: object }
}

function load(): Kernel | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(sha256LanesModule()))
    // The module that was just built exports exactly these.
    const { memory, run } = exports as {
      readonly memory: { readonly buffer: ArrayBuffer }
      readonly run: Kernel['run']
    }
    return { memory: new Uint8Array(memory.buffer), run }
  } catch {
    // Not an error: the caller has a slower way.
    return undefined
  }
}
