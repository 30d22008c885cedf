import type { Command } from 'commander'
import type { Result } from './context.ts'
import type { Session } from './session.ts'

/** What a verb's file needs to put itself into the command. */
export interface Registrar {
  /** Wraps a verb as commander's action: session, output, exit code. */
  run<Options, Arguments extends readonly unknown[]>(
    action: (session: Session, options: Options, ...args: Arguments) => Promise<Result | undefined>,
  ): (...received: unknown[]) => Promise<void>
}

/** Puts verbs into the command. */
export type Register = (program: Command, registrar: Registrar) => void

/** `--help` ends with an example that works. */
export function example(...lines: readonly string[]): string {
  return `\nExample${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
