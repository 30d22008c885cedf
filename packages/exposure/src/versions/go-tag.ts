/**
 * Release tags of the Go distribution, which are not semantic versions:
 *
 *   go1.21     1.21.0
 *   go1.21.3   1.21.3
 *   go1.22rc2  1.22.0-rc.2
 *
 * The Go vulnerability database gives the ranges of `stdlib` and `toolchain` in the right-hand form;
 * inventories often give the left-hand one.
 */
const tag = /^(?:go)?(?<major>\d+)(?:\.(?<minor>\d+))?(?:\.(?<patch>\d+))?(?:(?<stage>rc|beta)(?<number>\d+))?$/

/** The semantic version that a Go release tag stands for; any other text is returned as it is. */
export function fromGoTag(text: string): string {
  const groups = tag.exec(text)?.groups
  if (groups === undefined) return text
  const { major, minor, patch, stage, number } = groups
  const release = `${major}.${minor ?? '0'}.${patch ?? '0'}`
  return stage === undefined ? release : `${release}-${stage}.${number}`
}
