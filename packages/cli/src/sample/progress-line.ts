import type { Context } from '../context.ts'
import { plural } from '../terminal/text.ts'

const barWidth = 20

/** On a terminal one line that moves, elsewhere one at the beginning and one at the end: building takes a moment. */
export function showStep({ stderr }: Pick<Context, 'stderr'>, done: number, total: number, what: string): void {
  if (stderr.isTTY !== true) {
    if (done === 0) stderr.write('comity: building the sample register …\n')
    if (done === total) stderr.write(`comity: built the sample register in ${plural(total, 'step')}\n`)
    return
  }
  const full = Math.round((done / total) * barWidth)
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full)
  stderr.write(done === total ? '\r\u001b[2K' : `\r\u001b[2KBuilding the sample register ${bar} ${what}`.slice(0, 86))
}
