import { createInterface } from 'node:readline/promises'
import type { Context } from '../context.ts'

/** Whether somebody at a terminal says yes; undefined where there is nobody to ask. Anything but `y` or `yes` is no. */
export async function confirm({ stdin, stderr }: Context, question: string): Promise<boolean | undefined> {
  if (stdin.isTTY !== true) return undefined
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
