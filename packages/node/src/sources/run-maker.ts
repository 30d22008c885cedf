import { Examiner } from '../csaf/examiner.ts'
import type { Copy, ExaminedCopy } from '../csaf/examine-copy.ts'
import { followProvider } from '../csaf/following/follow-provider.ts'
import type { KeyBook } from '../csaf/key-book.ts'
import type { ComityNode } from '../node.ts'
import { Asker } from './ask.ts'
import { followFeed, followFolder } from './follow-feed.ts'
import type { Run, RunResult } from './run.ts'
import { feedPort } from './way-out.ts'

export interface RunMakerParts {
  readonly node: Pick<ComityNode, 'documents' | 'peers' | 'now'>
  readonly keys: Pick<KeyBook, 'current'>
  /** Where the octets of feeds lie. */
  readonly feeds: string
}

/** Makes a run of a source, as its kind asks. */
export class RunMaker {
  readonly #parts: RunMakerParts
  /** A thread of its own: that of the CSAF provider takes one document at a time as well. */
  readonly #examiner = new Examiner()
  #examining: Promise<unknown> = Promise.resolve()

  constructor(parts: RunMakerParts) {
    this.#parts = parts
  }

  /** Never throws for what the source does; throws what this node cannot do, and the reason of the signal. */
  run(given: Omit<Run, 'asker' | 'now' | 'put'>): Promise<RunResult> {
    const { node, keys, feeds: directory } = this.#parts
    const port = feedPort(node.peers.fetch, given.source)
    const put: Run['put'] = (digest, bytes) => node.documents.put(digest, bytes)
    const run: Run = { ...given, asker: new Asker(port, given.signal), now: node.now, put }
    switch (run.source.kind) {
      case 'csaf':
        return followProvider(run, { signingKey: () => keys.current(), examine: (copy) => this.#examine(copy) })
      case 'feed':
        return followFeed(run, { port, directory })
      case 'folder':
        return followFolder(run)
    }
  }

  /** Ends the check under way. */
  close(): Promise<void> {
    return this.#examiner.close()
  }

  /** One after the other, whichever source they are of. */
  #examine(copy: Copy): Promise<ExaminedCopy> {
    const next = this.#examining.then(() => this.#examiner.examineCopy(copy))
    this.#examining = next.catch(() => {})
    return next
  }
}
