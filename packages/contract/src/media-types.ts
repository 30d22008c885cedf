/** Media types of the HTTP interface, in one place because a request's and a response's must agree. */
export const mediaType = {
  /** A signed statement or a receipt (SCRAPI, RFC 9052). */
  cose: 'application/cose',
  /** The same, named more exactly (RFC 9943 §10). Accepted wherever `application/cose` is. */
  statement: 'application/scitt-statement+cose',
  receipt: 'application/scitt-receipt+cose',
  /** Several statements, or several receipts (RFC 8742). */
  cborSequence: 'application/cbor-seq',
  cbor: 'application/cbor',
  /** A sealed message (RFC 7516 §9.2.1 in its JSON form). */
  jose: 'application/jose+json',
  json: 'application/json',
  /** SBOMs as their makers label them; plain JSON is taken too. */
  cyclonedx: 'application/vnd.cyclonedx+json',
  spdx: 'application/spdx+json',
  spdx3: 'application/spdx3+json',
  /** Errors, to whoever reads JSON (RFC 9457). */
  problem: 'application/problem+json',
  /** Errors, to SCITT clients (RFC 9290). */
  conciseProblem: 'application/concise-problem-details+cbor',
  bytes: 'application/octet-stream',
  text: 'text/plain; charset=utf-8',
  /** The size that a witness remembers of a log (C2SP tlog-witness). */
  tlogSize: 'text/x.tlog.size',
} as const
