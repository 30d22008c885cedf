import type { Stream, Truth, View } from '@comity/store'
import { foldRecord } from './fold-record.ts'
import { decodeRecord, encodeRecord, type SourceRecord, streamNameOf } from './source-record.ts'
import type { Source } from './source.ts'

/** Records that one transaction folds when a view is made again. */
const foldedAtOnce = 1000

/** The stream of one source, and the view of it kept in step. */
export class SourceLog {
  readonly stream: string
  readonly #stream: Stream
  readonly #view: View

  private constructor(stream: Stream, view: View) {
    this.stream = stream.name
    this.#stream = stream
    this.#view = view
  }

  /** Opens the stream and folds what the view does not have yet. */
  static async open(truth: Pick<Truth, 'stream'>, view: View, source: Source): Promise<SourceLog> {
    const log = new SourceLog(await truth.stream(streamNameOf(source)), view)
    view.prepare('INSERT OR IGNORE INTO source (stream, size) VALUES (?, 0)').run(log.stream)
    // A stream that was restored from a backup may end before what the view has: that is made again.
    if (log.#folded > log.#stream.size) log.#forget()
    log.#fold()
    return log
  }

  /** Resolves once they are durable and in the view. */
  async append(records: readonly SourceRecord[]): Promise<void> {
    if (records.length === 0) return
    await this.#stream.append(records.map(encodeRecord))
    this.#fold()
  }

  get #folded(): number {
    return Number(this.#view.prepare('SELECT size FROM source WHERE stream = ?').get(this.stream)?.['size'])
  }

  /** What the stream has beyond the view: at the start, and after each batch, which may have come with others. */
  #fold(): void {
    const { size: end } = this.#stream
    for (let from = this.#folded; from < end; from += foldedAtOnce) {
      const to = Math.min(end, from + foldedAtOnce)
      this.#view.transaction(() => {
        for (const [i, bytes] of this.#stream.readRange(from, to).entries())
          foldRecord(this.#view, this.stream, from + i, decodeRecord(bytes))
        this.#view.prepare('UPDATE source SET size = ? WHERE stream = ?').run(to, this.stream)
      })
    }
  }

  #forget(): void {
    this.#view.transaction(() => {
      this.#view.prepare('DELETE FROM item WHERE stream = ?').run(this.stream)
      this.#view
        .prepare('UPDATE source SET size = 0, about = NULL, run = NULL, done = NULL WHERE stream = ?')
        .run(this.stream)
    })
  }
}
