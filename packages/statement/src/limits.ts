/** A leaf travels in an entry bundle with a 16-bit length (C2SP tlog-tiles), so this is the most it can have. */
export const MAX_LEAF_BYTES = 65_535

/** What is read at all: a leaf and the receipts that may travel with it in the unprotected header. */
export const MAX_STATEMENT_BYTES = 2 * 65_536

/** Receipts one statement may carry. Eight jurisdictions are more than anybody has shown. */
export const MAX_RECEIPTS = 8

/** Nesting of JSON payloads and of foreign CBOR headers. Core kinds need 5. */
export const MAX_JSON_DEPTH = 64
export const MAX_CBOR_DEPTH = 16

/** Bytes of `iss` and of `sub`, in UTF-8. */
export const MAX_CLAIM_BYTES = 1024
