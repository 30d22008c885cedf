import { pointerStep } from './json-pointer.ts'

/**
 * Says where the first repeated member name stands, as a JSON pointer. Runs only after `parseIJson`
 * found that there is one, on text that JSON.parse accepted; so it may trust the grammar.
 */
export function findDuplicateMember(text: string): string | undefined {
  /** Per open container: the names so far, or the index of the next item of an array. */
  const open: { readonly names: Set<string> | undefined; step: string; index: number }[] = []
  let expectName = false
  for (let i = 0; i < text.length; i++) {
    const top = open.at(-1)
    switch (text[i]) {
      case '{':
        open.push({ names: new Set(), step: '', index: 0 })
        expectName = true
        break
      case '[':
        open.push({ names: undefined, step: '0', index: 0 })
        expectName = false
        break
      case '}':
      case ']':
        open.pop()
        expectName = false
        break
      case ',':
        if (top?.names === undefined) {
          if (top !== undefined) top.step = String(++top.index)
        } else {
          expectName = true
        }
        break
      case '"': {
        const end = endOfString(text, i)
        if (expectName && top?.names !== undefined) {
          const name: unknown = JSON.parse(text.slice(i, end))
          top.step = pointerStep(String(name))
          if (top.names.has(String(name))) return open.map(({ step }) => `/${step}`).join('')
          top.names.add(String(name))
          expectName = false
        }
        i = end - 1
        break
      }
      default:
    }
  }
  return undefined
}

/** JSON pointer of the first string or name with a surrogate or noncharacter (RFC 7493 §2.1), or undefined. */
export function findUnpairedOrForbidden(value: unknown, pointer = ''): string | undefined {
  if (typeof value === 'string') return isForbidden(value) ? pointer : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    const here = `${pointer}/${pointerStep(name)}`
    const fault = isForbidden(name) ? here : findUnpairedOrForbidden(member, here)
    if (fault !== undefined) return fault
  }
  return undefined
}

function isForbidden(text: string): boolean {
  return !text.isWellFormed() || /\p{Noncharacter_Code_Point}/u.test(text)
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}
