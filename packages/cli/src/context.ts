import type { Readable, Writable } from 'node:stream'

/** An output that may be a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** An input that may be a terminal. */
export interface Input extends Readable {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

/** Everything a command takes from its surroundings. */
export interface Context {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  /** Whole seconds since the epoch. */
  now(): number
}

/** The surroundings of this process. */
export function processContext(): Context {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Math.floor(Date.now() / 1000),
  }
}

/** What a command found out: for people, and for programs with `--json`. */
export interface Result<Json = unknown> {
  readonly text: string
  readonly json: Json
  /** 0 unless the answer is no. */
  readonly exitCode?: number
}
