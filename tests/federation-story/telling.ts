/** How the story is told: chapters, what each came to, and the machines that it is played on. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Machine, type Say } from './machine.ts'

const samples = fileURLToPath(new URL('../../samples/', import.meta.url))

/** Where the story is played. */
export class Stage {
  readonly machines: Machine[] = []
  readonly #root: string
  readonly #say: Say
  #chapters = 0

  constructor(root: string, say: Say) {
    this.#root = root
    this.#say = say
  }

  /** A machine more. */
  readonly machine = (name: string): Machine => {
    const tell = (line: string) => this.#say(`  ${[...line].length > 78 ? `${line.slice(0, 77)}…` : line}`)
    const made = new Machine(this.#root, name, tell)
    this.machines.push(made)
    return made
  }

  chapter(title: string): void {
    this.#say(`\n${++this.#chapters}  ${title}`)
  }

  fact(text: string): void {
    wrapped(text, 76).forEach((line, i) => this.#say(`  ${i === 0 ? '→' : ' '} ${line}`))
  }

  inShort(texts: readonly string[]): void {
    this.#say('\nIn short')
    for (const text of texts) wrapped(text, 76).forEach((line, i) => this.#say(`  ${i === 0 ? '·' : ' '} ${line}`))
  }
}

/** A file that the project comes with. */
export function sample(name: string): string {
  return join(samples, name)
}

export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}

/** Lines of at most `width` columns. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
