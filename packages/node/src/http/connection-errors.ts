import type { Socket } from 'node:net'
import { mediaType, type ProblemCode, problemKinds, problemOf } from '@comity/contract'

/** By the codes of Node's HTTP parser. */
const codes: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'the headers have more than 16 KiB'],
  HPE_INVALID_EOF_STATE: ['body-truncated', 'the connection ended before the request did'],
}

/** Answers what never became a request: bytes that are no HTTP, headers without end, a body cut short. */
export function answerConnectionError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const [code, detail] = codes[error.code ?? ''] ?? ['malformed-http', 'these bytes are no HTTP request']
  const body = JSON.stringify(problemOf(code, { detail }))
  const { status, title } = problemKinds[code]
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${mediaType.problem}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Comity-Code: ${code}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Who does not read the answer does not keep the socket.
  socket.setTimeout(5000, () => socket.destroy())
}
