import type { Output } from '../context.ts'
import { countText, cut, defaultWidth } from './text.ts'

/** Shown only once something takes longer than this, in milliseconds. */
const patience = 1000

/** How often the line is drawn again at most, in milliseconds. */
const redrawEvery = 100

const barWidth = 24

/**
 * A line on standard error that says how far a long command has come. It appears after a second, on terminals only, and
 * is gone when the command is done: output that is piped or logged stays clean.
 */
export class Progress {
  readonly #output: Output
  readonly #clock: () => number
  readonly #patience: number
  readonly #startedAt: number
  #drawnAt = 0
  #isShown = false

  constructor(output: Output, options: { readonly clock?: () => number; readonly patience?: number } = {}) {
    this.#output = output
    this.#clock = options.clock ?? (() => performance.now())
    this.#patience = options.patience ?? patience
    this.#startedAt = this.#clock()
  }

  /** Says where it stands; `total` is left out where nobody knows it. */
  update(what: string, done?: number, total?: number): void {
    if (this.#output.isTTY !== true) return
    const now = this.#clock()
    if (now - this.#startedAt < this.#patience || (this.#isShown && now - this.#drawnAt < redrawEvery)) return
    this.#drawnAt = now
    this.#isShown = true
    const width = Math.min(this.#output.columns ?? defaultWidth, defaultWidth)
    this.#output.write(`\r\u001b[2K${cut(line(what, done, total), width - 1)}`)
  }

  /** Says what is under way while it cannot say how far it has come, once it has taken long itself; then the line goes. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.update(what), this.#patience)
    try {
      return await work
    } finally {
      clearTimeout(timer)
      this.end()
    }
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) this.#output.write('\r\u001b[2K')
    this.#isShown = false
  }
}

function line(what: string, done: number | undefined, total: number | undefined): string {
  if (done === undefined) return `${what} …`
  if (total === undefined || total === 0) return `${what} ${countText(done)} …`
  const part = Math.min(1, done / total)
  const full = Math.round(part * barWidth)
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full)
  return `${what} ${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${countText(done)} of ${countText(total)}`
}
