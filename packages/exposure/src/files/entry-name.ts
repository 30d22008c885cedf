import { ExposureError } from '../exposure-error.ts'

/** Longest name of an entry that is shown, in characters. */
const shownName = 1024

/** How an entry of an archive is named; `./` at its beginning says nothing. */
export function entryName(archive: string, entry: string): string {
  const bare = entry.replace(/^(?:\.\/)+/, '')
  return `${archive}/${bare.length > shownName ? `${bare.slice(0, shownName)}…` : bare}`
}

/**
 * Throws `path-outside` for a name that would leave the folder an archive is unpacked into. Nothing is unpacked here; but
 * an archive that holds such a name was made to be unpacked by somebody else.
 */
export function checkInside(entry: string): void {
  const leaves = /^[/\\]|^[a-z]:/i.test(entry) || entry.split(/[/\\]/).includes('..')
  if (leaves) throw new ExposureError('path-outside', 'its name leads out of the archive')
}
