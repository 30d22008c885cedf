import { jsonPointer } from '../problem.ts'

/** One container that is open while a text is scanned. */
interface Open {
  /** Names so far; undefined in an array. */
  readonly names: Set<string> | undefined
  step: string | number
}

/**
 * The place of the first member whose name stands twice in its object, as a JSON pointer; undefined where every name
 * stands once. Two readers could otherwise see two documents in one. The text is JSON that `JSON.parse` took.
 */
export function repeatedMember(text: string): string | undefined {
  const open: Open[] = []
  let expectsName = false
  for (let i = 0; i < text.length; i += 1) {
    const top = open.at(-1)
    switch (text[i]) {
      case '{':
        open.push({ names: new Set(), step: '' })
        expectsName = true
        break
      case '[':
        open.push({ names: undefined, step: 0 })
        expectsName = false
        break
      case '}':
      case ']':
        open.pop()
        expectsName = false
        break
      case ',':
        expectsName = top?.names !== undefined
        if (top !== undefined && typeof top.step === 'number') top.step += 1
        break
      case '"': {
        const end = endOfString(text, i)
        if (expectsName && top?.names !== undefined) {
          // Escapes count as what they stand for: "a" and "\u0061" are one name.
          const name: string = JSON.parse(text.slice(i, end))
          top.step = name.slice(0, 80)
          if (top.names.has(name)) return jsonPointer(...open.map(({ step }) => step))
          top.names.add(name)
          expectsName = false
        }
        i = end - 1
        break
      }
      default:
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}
