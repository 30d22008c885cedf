/**
 * Gives the memory of `bytes` back at once; they are empty afterwards. For what nobody else holds and that came in great
 * number: memory outside of its heap is what makes the engine collect, so a file of a gigabyte in pieces of 64 KiB would
 * cost a full collection every few chunks. What is a part of a larger buffer is left alone.
 */
export function releaseBytes(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0)
}
