/** Thread of an {@link Examiner}: one document after the other, as they come. */
import { parentPort } from 'node:worker_threads'
import { examine } from './examine.ts'
import { examineCopy } from './examine-copy.ts'
import type { Task } from './examiner.ts'

parentPort?.on('message', (task: Task) => {
  const examining = 'copy' in task ? examineCopy(task.copy) : examine(task.bytes, task.signWith)
  examining.then(
    (examined) => parentPort?.postMessage({ examined }),
    (error: unknown) => parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) }),
  )
})
