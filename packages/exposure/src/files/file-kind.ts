/** What a file is by its first octets. Names say nothing: a feed may call anything `advisory.json`. */

export type FileKind = 'document' | 'zip' | 'tar' | 'gzip' | 'zstd' | 'unsupported'

/** Octets that are enough to tell: one header of a tar archive. */
export const tellingBytes = 512

const marks: readonly (readonly [kind: FileKind, ...octets: readonly number[]])[] = [
  ['zip', 0x50, 0x4b, 0x03, 0x04],
  // One without an entry.
  ['zip', 0x50, 0x4b, 0x05, 0x06],
  ['gzip', 0x1f, 0x8b],
  ['zstd', 0x28, 0xb5, 0x2f, 0xfd],
  // bzip2, xz, lzip, 7z, rar, and zip in several parts
  ['unsupported', 0x42, 0x5a, 0x68],
  ['unsupported', 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  ['unsupported', 0x4c, 0x5a, 0x49, 0x50],
  ['unsupported', 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
  ['unsupported', 0x52, 0x61, 0x72, 0x21, 0x1a, 0x07],
  ['unsupported', 0x50, 0x4b, 0x07, 0x08],
]

/** The kind of a file that begins so. What is none of the packed kinds is a document. */
export function kindOf(head: Uint8Array): FileKind {
  const marked = marks.find(([, ...octets]) => octets.every((octet, at) => head[at] === octet))
  return marked?.[0] ?? (isTarHeader(head) ? 'tar' : 'document')
}

/** Whether the checksum of a tar header is right (POSIX.1-2017, pax, ustar Interchange Format): that also older ones have. */
function isTarHeader(head: Uint8Array): boolean {
  if (head.length < tellingBytes || head[0] === 0) return false
  const written = /^[ 0]*([0-7]{1,7})[ \0]/.exec(String.fromCharCode(...head.subarray(148, 156)))?.[1]
  if (written === undefined) return false
  let sum = 0
  for (let at = 0; at < tellingBytes; at += 1) sum += at >= 148 && at < 156 ? 0x20 : (head[at] ?? 0)
  return sum === Number.parseInt(written, 8)
}
