/** Tells whether two values are the same, in 16 hexadecimal digits. */

/**
 * Two FNV-1a hashes of 32 bits over the JSON of a value, from two beginnings. It guards nothing: whoever could make two
 * revisions of an advisory collide would silence its own alert, and could have left the text as it was.
 */
export function fingerprintOf(value: unknown): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9]
  const text = JSON.stringify(value)
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, prime)
    b = Math.imul(b ^ unit ^ (b >>> 15), prime)
  }
  return hexOf(a) + hexOf(b)
}

const prime = 0x01000193

function hexOf(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0')
}
