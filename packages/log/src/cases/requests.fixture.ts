import { toBase64 } from '../base64.ts'
import { toHex } from '../bytes.ts'
import { signCheckpoint } from '../checkpoint.ts'
import {
  cosignedAt,
  leafHashes,
  logSigner,
  logVkey,
  origin,
  otherOrigin,
  rootAt,
  tree,
  witnessNames,
  witnessVkey,
} from './cast.fixture.ts'
import { cosigned, note, text } from './checkpoints.fixture.ts'
import { own, type Expectation, type VectorFile } from './file.fixture.ts'

/** An offline proof, what the verifier knows, and what is found. */
export interface TlogProofCase extends Expectation {
  readonly proof: string
  readonly leafHash: string
  readonly origin: string
  readonly logKeys: readonly string[]
  readonly witnesses: readonly string[]
  readonly index?: number
  readonly extra?: string
  readonly cosigned?: readonly string[]
}

const size = 107
const index = 42
const hashes = tree.path(index, 0, size).map(toBase64)
const [first = '', second = ''] = hashes
const checkpoint = cosigned(note, text, [witnessNames[0]], cosignedAt)
const proof = `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes.join('\n')}\n\n${checkpoint}`
const leafHash = toHex(leafHashes[index] ?? new Uint8Array())
const known = { leafHash, origin, logKeys: [logVkey(origin)], witnesses: [witnessVkey(witnessNames[0])] }
const single = signCheckpoint({ origin, size: 1, root: rootAt(1) }, [logSigner(origin)])
const badProof = (name: string, text: string, refused = 'malformed-proof'): TlogProofCase => ({
  name,
  proof: text,
  ...known,
  refused,
})

export const tlogProofs: VectorFile<TlogProofCase> = {
  about: 'C2SP tlog-proof: verifying offline proofs',
  from: own,
  cases: [
    { name: 'a proof with a cosignature', proof, ...known, refused: null, index, cosigned: [witnessNames[0]] },
    {
      name: 'extra data, which nobody signed',
      proof: proof.replace('index', 'extra AAEC\nindex'),
      ...known,
      refused: null,
      index,
      extra: '000102',
      cosigned: [witnessNames[0]],
    },
    {
      name: 'the only entry of a log: no hashes',
      proof: `c2sp.org/tlog-proof@v1\nindex 0\n\n${single}`,
      ...known,
      leafHash: toHex(leafHashes[0] ?? new Uint8Array()),
      refused: null,
      index: 0,
      cosigned: [],
    },
    {
      name: 'of another entry',
      proof,
      ...known,
      leafHash: toHex(leafHashes[41] ?? new Uint8Array()),
      refused: 'proof-invalid',
    },
    { name: 'of another log', proof, ...known, origin: otherOrigin, refused: 'wrong-origin' },
    badProof('another index', proof.replace('index 42', 'index 43'), 'proof-invalid'),
    badProof('an index at the size of the tree', proof.replace('index 42', 'index 107'), 'out-of-range'),
    badProof('a hash too few', proof.replace(`${first}\n`, ''), 'proof-invalid'),
    badProof('a hash too many', proof.replace(first, `${first}\n${first}`), 'proof-invalid'),
    badProof('two hashes changed about', proof.replace(`${first}\n${second}`, `${second}\n${first}`), 'proof-invalid'),
    badProof('another version', proof.replace('@v1', '@v2')),
    badProof('no header', proof.slice(proof.indexOf('index'))),
    badProof('no index', proof.replace('index 42\n', '')),
    badProof('an index with a leading zero', proof.replace('index 42', 'index 042')),
    badProof('extra data after the index', proof.replace('index 42', 'index 42\nextra AAEC')),
    badProof('extra data of no bytes', proof.replace('index', 'extra \nindex')),
    badProof('extra data that is not base64', proof.replace('index', 'extra AAE\nindex')),
    badProof('extra data twice', proof.replace('index', 'extra AAEC\nextra AAEC\nindex')),
    badProof('a hash of 31 bytes', proof.replace(first, `${'A'.repeat(41)}A==`)),
    badProof('no empty line before the checkpoint', proof.replace(`\n\n${origin}`, `\n${origin}`)),
    badProof(
      'two empty lines before the checkpoint',
      proof.replace(`\n\n${origin}`, `\n\n\n${origin}`),
      'malformed-checkpoint',
    ),
    badProof('no checkpoint', proof.slice(0, proof.indexOf('\n\n') + 2), 'malformed-note'),
  ],
}

/** A log's request to a witness, what the witness knows, and its answer. */
export interface AddCheckpointCase extends Expectation {
  readonly request: string
  readonly logKeys: readonly string[]
  readonly last: { readonly size: number; readonly root: string } | null
  /** HTTP status; for 409, `size` is the body. */
  readonly status?: number
  readonly size?: number
}

const consistency = tree.subtreeProof(0, 50, size).map(toBase64).join('\n')
const [firstLine = ''] = consistency.split('\n')
const request = `old 50\n${consistency}\n\n${note}`
const fresh = `old 0\n\n${note}`
const at50 = { size: 50, root: toHex(rootAt(50)) }
const logKeys = [logVkey(origin)]
const badRequest = (name: string, request: string, refused = 'malformed-request'): AddCheckpointCase => ({
  name,
  request,
  logKeys,
  last: at50,
  refused,
})
const answered = (
  name: string,
  request: string,
  last: AddCheckpointCase['last'],
  status: number,
): AddCheckpointCase => ({
  name,
  request,
  logKeys,
  last,
  refused: null,
  status,
})
const signed = (size: number, root: Uint8Array): string => signCheckpoint({ origin, size, root }, [logSigner(origin)])

export const addCheckpoints: VectorFile<AddCheckpointCase> = {
  about: "C2SP tlog-witness: add-checkpoint requests and a witness's answers",
  from: own,
  cases: [
    answered('a log that grew', request, at50, 200),
    answered('a log that is seen first', fresh, null, 200),
    answered('a log that did not grow', `old 107\n\n${note}`, { size, root: toHex(rootAt(size)) }, 200),
    answered('an empty log', `old 0\n\n${signed(0, rootAt(0))}`, null, 200),
    { ...answered('a log that believes the witness is behind', fresh, at50, 409), size: 50 },
    { ...answered('a log that believes the witness is ahead', request, null, 409), size: 0 },
    answered('a proof that does not fit', request, { size: 50, root: toHex(rootAt(51)) }, 422),
    answered('another root at the same size', `old 107\n\n${note}`, { size, root: toHex(rootAt(51)) }, 422),
    answered('a proof from the empty tree that is not empty', `old 0\n${firstLine}\n\n${note}`, null, 422),
    answered('an empty log with a root of something', `old 0\n\n${signed(0, rootAt(1))}`, null, 422),
    answered('an old size above the new', `old 108\n\n${note}`, { size: 108, root: at50.root }, 400),
    { ...answered('a key that is not known', fresh, null, 403), logKeys: [logVkey(otherOrigin)] },
    badRequest('no old size', request.replace('old 50\n', '')),
    badRequest('an old size with a leading zero', request.replace('old 50', 'old 050')),
    badRequest('a negative old size', request.replace('old 50', 'old -1')),
    badRequest('a proof line of 31 bytes', request.replace(firstLine, `${'A'.repeat(41)}A==`)),
    badRequest('sixty-four proof lines', `old 50\n${`${firstLine}\n`.repeat(64)}\n${note}`),
    badRequest('no empty line', request.replace(`\n\n${origin}`, `\n${origin}`)),
    badRequest('no checkpoint', `old 50\n${consistency}\n\n`, 'malformed-note'),
    badRequest('nothing', ''),
  ],
}
