/** Several lists, each in this order, as one in it. Reads no further ahead than one item of each. */
export function* merged<T>(
  streams: readonly Iterator<T, void>[],
  compare: (one: T, other: T) => number,
): Generator<T, void> {
  const heads = streams.flatMap((stream) => {
    const next = stream.next()
    return next.done === true ? [] : [{ stream, value: next.value }]
  })
  while (heads.length > 0) {
    const first = heads.reduce((one, other) => (compare(one.value, other.value) <= 0 ? one : other))
    yield first.value
    const next = first.stream.next()
    if (next.done === true) heads.splice(heads.indexOf(first), 1)
    else first.value = next.value
  }
}
