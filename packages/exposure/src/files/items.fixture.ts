import type { SourceItem } from '../source/source-item.ts'

/** All items of a source. */
export async function allOf(items: AsyncIterable<SourceItem>): Promise<readonly SourceItem[]> {
  const found: SourceItem[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Each item on a line: its name with its text, or with the code of its refusal; `!` where the rest is missing. */
export async function linesOf(items: AsyncIterable<SourceItem>): Promise<readonly string[]> {
  return (await allOf(items)).map((item) =>
    'refusal' in item
      ? `${item.name} ${item.cutsOff === true ? '!' : ''}${item.refusal.code}`
      : `${item.name} ${Buffer.from(item.bytes).toString('utf8')}`,
  )
}
