/**
 * `lexicographic` of the VERS specification, https://www.packageurl.org/docs/vers/: by the octets of
 * UTF-8, without any normalization.
 */
import { versionScheme } from './version-scheme.ts'

export const lexicographicScheme = versionScheme<Uint8Array>({
  name: 'lexicographic of VERS',
  kind: 'a text',
  // Two texts with lone surrogates would have the same octets without being the same.
  read: (text, refuse) =>
    text.isWellFormed() ? new TextEncoder().encode(text) : refuse('it has a surrogate without its counterpart'),
  compare: (a, b) => {
    for (const [index, octet] of a.entries()) {
      const order = octet - (b[index] ?? -1)
      if (order !== 0) return order
    }
    return a.length - b.length
  },
})
