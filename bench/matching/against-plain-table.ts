import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Rule } from '@comity/exposure'
import { openMatchIndex } from '@comity/exposure/matching-index'
import type { Figure } from '../figure.ts'
import { drawn, list, load, type Size } from './filled-index.ts'
import { PlainTable } from './plain-table.ts'

/** The same inventories and lists in a plain table, at a tenth of the size. */
export function figuresAgainstPlainTable(folder: string, full: Size, rules: readonly Rule[]): Figure[] {
  const size = { ...full, inventories: Math.max(1, Math.floor(full.inventories / 10)) }
  const components = size.inventories * size.components
  const ownPath = join(folder, 'tenth.db')
  const own = load(ownPath, size)
  const plain = new PlainTable(join(folder, 'plain.db'))
  const plainLoad = plain.load(drawn(size))
  const index = openMatchIndex(ownPath)
  let ownList = 0
  let plainList = 0
  for (const rule of rules) {
    const { milliseconds, listed } = list(index, rule)
    const before = performance.now()
    if (plain.list(rule) !== listed) throw new Error(`the plain table lists others for ${rule.key}`)
    plainList += performance.now() - before
    ownList += milliseconds
  }
  const [ownBytes, plainBytes] = [statSync(ownPath).size, plain.bytes()]
  index.close()
  plain.close()
  const reported = { goal: '', met: null }
  const at = `${size.inventories} inventories`
  return [
    {
      figure: `all lists against a plain table, ${at}`,
      value: plainList / ownList,
      unit: '×',
      against: `${ownList.toFixed(0)} ms against ${plainList.toFixed(0)} ms`,
      ratio: plainList / ownList,
      ...reported,
    },
    {
      figure: `on disk against a plain table, ${at}`,
      value: plainBytes / ownBytes,
      unit: '×',
      against: `${(ownBytes / components).toFixed(1)} against ${(plainBytes / components).toFixed(1)} bytes a component`,
      ratio: plainBytes / ownBytes,
      ...reported,
    },
    {
      figure: `load against a plain table, ${at}`,
      value: plainLoad / own,
      unit: '×',
      against: `${rateOf(components, own)} against ${rateOf(components, plainLoad)} components/s`,
      ratio: plainLoad / own,
      ...reported,
    },
  ]
}

function rateOf(count: number, milliseconds: number): string {
  return Math.round((count / milliseconds) * 1000).toLocaleString('en')
}
