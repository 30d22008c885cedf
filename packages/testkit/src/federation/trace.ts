import { digestOf } from './eavesdropper.ts'
import type { Exchange } from './network.ts'

/** What every host asked of every other, in its order, and how that was answered: two runs that agree in it went one way. */
export class Trace {
  readonly #asked = new Map<string, string[]>()

  hear({ from, to, method, url, answer }: Exchange): void {
    const name = `${from} ${to} ${method} ${url.replaceAll(/\/[0-9a-f]{32}(?=\/|$)/g, '/*')}`
    const answers = this.#asked.get(name) ?? []
    this.#asked.set(name, answers)
    answers.push(String(answer?.status ?? '-'))
  }

  get digest(): string {
    const lines = [...this.#asked].map(([name, answers]) => `${name} ${answers.join()}`)
    return digestOf(lines.toSorted().join('\n')).slice(0, 16)
  }
}
