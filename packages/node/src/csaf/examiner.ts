import { Worker } from 'node:worker_threads'
import type { Copy, ExaminedCopy } from './examine-copy.ts'
import type { Examined, SignWith } from './examine.ts'

/** A document of a party here, which is signed where it is valid. */
export interface OwnTask {
  readonly bytes: Uint8Array
  readonly signWith: SignWith
}

/** What goes to the thread. */
export type Task = OwnTask | { readonly copy: Copy }

type Answer = { readonly examined: Examined | ExaminedCopy } | { readonly failed: string }

/** How long a document may take, in milliseconds, that in which the validator is loaded among it. */
const longest = 120_000

/** How long the thread is kept without work, in milliseconds: it has some 100 MB. */
const idle = 60_000

/** A document that needs more than this in MiB is not checked. */
const heap = 1024

/**
 * Examines documents in a thread of its own: the validator takes a second or more to load, its tests have no bound in time, and
 * what a stranger published must not hold up the node. The thread is begun with the first document and ended when none
 * has come for a minute.
 */
export class Examiner {
  readonly #longest: number
  #worker: Worker | undefined
  #resting: NodeJS.Timeout | undefined

  /** `limit`: how long a document may take, in milliseconds. */
  constructor(limit = longest) {
    this.#longest = limit
  }

  /** One at a time: the caller waits for the last answer. */
  async examine(task: OwnTask): Promise<Examined> {
    // Safe: the thread answers each task by its kind.
    return (await this.#answer(task)) as Examined
  }

  /** The same for a document of another provider. One at a time. */
  async examineCopy(copy: Copy): Promise<ExaminedCopy> {
    return (await this.#answer({ copy })) as ExaminedCopy
  }

  async #answer(task: Task): Promise<Examined | ExaminedCopy> {
    clearTimeout(this.#resting)
    const worker = (this.#worker ??= newWorker())
    try {
      const answer = await answerOf(worker, task, this.#longest)
      this.#resting = setTimeout(() => void this.close(), idle)
      this.#resting.unref()
      if ('examined' in answer) return answer.examined
      throw new Error(answer.failed)
    } catch (error) {
      await this.close()
      if (error instanceof Exhausted) {
        return { kind: 'refused', faults: [{ test: 'limits', pointer: '', message: error.message }] }
      }
      throw error
    }
  }

  /** Ends the thread, and whatever it is doing. */
  async close(): Promise<void> {
    clearTimeout(this.#resting)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}

/** A document took more time or memory than one may. */
class Exhausted extends Error {}

function newWorker(): Worker {
  const worker = new Worker(new URL('./examiner-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: heap },
  })
  worker.unref()
  return worker
}

function answerOf(worker: Worker, task: Task, limit: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const tooLong = () => reject(new Exhausted(`it could not be checked within ${limit / 1000} seconds`))
    const timer = setTimeout(tooLong, limit)
    // Safe: Node sets a code on its own errors.
    const onError = (error: Error & { code?: string }) =>
      end(() =>
        reject(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new Exhausted(`it could not be checked in ${heap} MiB`) : error,
        ),
      )
    const onExit = () => end(() => reject(new Error('the thread that checks CSAF documents was ended')))
    const onMessage = (answer: Answer) => end(() => resolve(answer))
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      // A process that waits for nothing else may end.
      worker.unref()
      settle()
    }
    worker.ref()
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(task)
  })
}
