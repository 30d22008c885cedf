import { toHex } from '../bytes.ts'
import { leafHashes, rootAt, tree } from './cast.fixture.ts'
import { own, type Expectation, type VectorFile } from './file.fixture.ts'

/** A proof that an entry is in a subtree; with a start of 0, in the tree of `end` entries. */
export interface InclusionCase extends Expectation {
  readonly index: number
  readonly start: number
  readonly end: number
  readonly leafHash: string
  readonly root: string
  readonly proof: readonly string[]
}

/** A proof that a subtree is part of a tree; with a start of 0, that a tree is a prefix of it. */
export interface ConsistencyCase extends Expectation {
  readonly start: number
  readonly end: number
  readonly size: number
  readonly subtreeRoot: string
  readonly root: string
  readonly proof: readonly string[]
}

const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex)

function inclusion(name: string, index: number, start: number, end: number): InclusionCase {
  return {
    name,
    index,
    start,
    end,
    leafHash: toHex(leafHashes[index] ?? new Uint8Array()),
    root: toHex(tree.root(start, end)),
    proof: hex(tree.path(index, start, end)),
    refused: null,
  }
}

function consistency(name: string, start: number, end: number, size: number): ConsistencyCase {
  return {
    name,
    start,
    end,
    size,
    subtreeRoot: toHex(tree.root(start, end)),
    root: toHex(rootAt(size)),
    proof: hex(tree.subtreeProof(start, end, size)),
    refused: null,
  }
}

const ofSeven = inclusion('entry 4 of 7', 4, 0, 7)
const sevenToEleven = consistency('7 entries to 11', 0, 7, 11)
const swapped = [...ofSeven.proof].reverse()

export const inclusions: VectorFile<InclusionCase> = {
  about:
    'RFC 9162 §2.1.3 and draft-ietf-plants-merkle-tree-certs §4.3: inclusion proofs; entry i is the text "entry i"',
  from: own,
  cases: [
    inclusion('the only entry', 0, 0, 1),
    inclusion('the first of 2', 0, 0, 2),
    inclusion('the last of 3: its sibling is two heights up', 2, 0, 3),
    ofSeven,
    inclusion('the last of 256, a full tile', 255, 0, 256),
    inclusion('the last of 257, alone in its tile', 256, 0, 257),
    inclusion('the first of 300', 0, 0, 300),
    inclusion('entry 10 in the subtree [8, 13)', 10, 8, 13),
    inclusion('the only entry of the subtree [5, 6)', 5, 5, 6),
    { ...ofSeven, name: 'another index', index: 5, refused: 'proof-invalid' },
    // No proof binds the size: the signed checkpoint does.
    { ...ofSeven, name: 'another size for which the proof has the same form', end: 8 },
    { ...ofSeven, name: 'another size', end: 9, refused: 'proof-invalid' },
    { ...ofSeven, name: 'an index at the size', index: 7, refused: 'out-of-range' },
    { ...ofSeven, name: 'a negative index', index: -1, refused: 'out-of-range' },
    { ...ofSeven, name: 'an index that is not whole', index: 4.5, refused: 'out-of-range' },
    { ...ofSeven, name: 'hashes in reverse order', proof: swapped, refused: 'proof-invalid' },
    {
      ...ofSeven,
      name: 'the root appended to the proof',
      proof: [...ofSeven.proof, ofSeven.root],
      refused: 'proof-invalid',
    },
    { ...ofSeven, name: 'no proof', proof: [], refused: 'proof-invalid' },
    {
      ...ofSeven,
      name: 'a hash of 31 bytes',
      proof: ofSeven.proof.map((hash) => hash.slice(2)),
      refused: 'malformed-hash',
    },
    { ...ofSeven, name: 'a leaf hash of 33 bytes', leafHash: `${ofSeven.leafHash}00`, refused: 'malformed-hash' },
    { ...ofSeven, name: 'an interval that is no subtree', start: 3, end: 7, refused: 'out-of-range' },
    { ...ofSeven, name: 'an entry before the subtree', index: 3, start: 4, end: 7, refused: 'out-of-range' },
  ],
}

export const consistencies: VectorFile<ConsistencyCase> = {
  about:
    'RFC 9162 §2.1.4 and draft-ietf-plants-merkle-tree-certs §4.4: consistency proofs; entry i is the text "entry i"',
  from: own,
  cases: [
    consistency('1 entry to 2', 0, 1, 2),
    consistency('the same size', 0, 7, 7),
    sevenToEleven,
    consistency('8 entries to 11: the smaller root is a node of the larger tree', 0, 8, 11),
    consistency('255 entries to 257', 0, 255, 257),
    consistency('1 entry to 300', 0, 1, 300),
    consistency('the subtree [4, 8) in 14', 4, 8, 14),
    consistency('the subtree [8, 13) in 14, whose right edge is no node of the tree', 8, 13, 14),
    consistency('the subtree [8, 13) in 13', 8, 13, 13),
    consistency('an empty subtree', 3, 3, 14),
    {
      ...sevenToEleven,
      name: 'the roots changed about',
      subtreeRoot: sevenToEleven.root,
      root: sevenToEleven.subtreeRoot,
      refused: 'proof-invalid',
    },
    { ...sevenToEleven, name: 'another size for which the proof has the same form', size: 12 },
    { ...sevenToEleven, name: 'another size', size: 17, refused: 'proof-invalid' },
    { ...sevenToEleven, name: 'sizes the wrong way round', end: 11, size: 7, refused: 'out-of-range' },
    { ...sevenToEleven, name: 'a hash too few', proof: sevenToEleven.proof.slice(1), refused: 'proof-invalid' },
    {
      ...sevenToEleven,
      name: 'a hash too many',
      proof: [...sevenToEleven.proof, sevenToEleven.root],
      refused: 'proof-invalid',
    },
    { ...sevenToEleven, name: 'no proof', proof: [], refused: 'proof-invalid' },
    { ...sevenToEleven, name: 'equal sizes with different roots', end: 11, proof: [], refused: 'proof-invalid' },
    { ...sevenToEleven, name: 'an interval that is no subtree', start: 1, refused: 'out-of-range' },
    {
      ...consistency('', 3, 3, 14),
      name: 'an empty subtree with a root',
      subtreeRoot: toHex(rootAt(1)),
      refused: 'proof-invalid',
    },
  ],
}

/** A tile's path and what it names. */
export interface TilePathCase extends Expectation {
  readonly path: string
  readonly level?: number | 'entries'
  readonly index?: number
  readonly width?: number
}

const tile = (path: string, level: number | 'entries', index: number, width = 256): TilePathCase => ({
  name: path,
  path,
  refused: null,
  level,
  index,
  width,
})
const noPath = (name: string, path: string): TilePathCase => ({ name, path, refused: 'malformed-path' })

export const tilePaths: VectorFile<TilePathCase> = {
  about: 'C2SP tlog-tiles: paths of tiles and entry bundles',
  from: own,
  cases: [
    tile('tile/0/000', 0, 0),
    tile('tile/0/999', 0, 999),
    tile('tile/0/x001/000', 0, 1000),
    tile('tile/0/x001/x234/067', 0, 1_234_067),
    tile('tile/1/000.p/17', 1, 0, 17),
    tile('tile/63/000.p/255', 63, 0, 255),
    tile('tile/entries/x001/x234/067.p/1', 'entries', 1_234_067, 1),
    tile('tile/0/x035/x184/x372/x088/831', 0, 35_184_372_088_831),
    noPath('nothing', ''),
    noPath('a leading slash', '/tile/0/000'),
    noPath('a trailing slash', 'tile/0/000/'),
    noPath('a level with a leading zero', 'tile/00/000'),
    noPath('level 64', 'tile/64/000'),
    noPath('a level that is no number', 'tile/x/000'),
    noPath('an index of two digits', 'tile/0/00'),
    noPath('an index of four digits', 'tile/0/1000'),
    noPath('a first element without x', 'tile/0/001/000'),
    noPath('a last element with x', 'tile/0/x001/x000'),
    noPath('an index padded with an element of zeroes', 'tile/0/x000/001'),
    noPath('a width of 0', 'tile/0/000.p/0'),
    noPath('a width of 256, which is a full tile', 'tile/0/000.p/256'),
    noPath('a width with a leading zero', 'tile/0/000.p/01'),
    noPath('no width after .p/', 'tile/0/000.p/'),
    noPath('an index of 2^45, beyond the last entry that can be', 'tile/0/x035/x184/x372/x088/832'),
    noPath('an index of twenty digits', 'tile/0/x999/x999/x999/x999/x999/x999/999'),
    noPath('parent folders', 'tile/0/../../checkpoint'),
  ],
}

/** A bundle in hex and its entries. */
export interface BundleCase extends Expectation {
  readonly bundle: string
  readonly count: number
  readonly entries?: readonly string[]
}

export const entryBundles: VectorFile<BundleCase> = {
  about: 'C2SP tlog-tiles: entry bundles, in hex',
  from: own,
  cases: [
    { name: 'one entry', bundle: '0003010203', count: 1, refused: null, entries: ['010203'] },
    { name: 'an empty entry', bundle: '0000', count: 1, refused: null, entries: [''] },
    { name: 'three entries', bundle: '00010a00000002ffee', count: 3, refused: null, entries: ['0a', '', 'ffee'] },
    {
      name: 'an entry of 256 bytes',
      bundle: `0100${'ab'.repeat(256)}`,
      count: 1,
      refused: null,
      entries: ['ab'.repeat(256)],
    },
    { name: 'nothing', bundle: '', count: 1, refused: 'malformed-bundle' },
    { name: 'half a length', bundle: '00', count: 1, refused: 'malformed-bundle' },
    { name: 'an entry cut short', bundle: '00030102', count: 1, refused: 'malformed-bundle' },
    { name: 'an entry too few', bundle: '00010a', count: 2, refused: 'malformed-bundle' },
    { name: 'an entry too many', bundle: '00010a00010b', count: 1, refused: 'malformed-bundle' },
    { name: 'bytes after the last entry', bundle: '00010a00', count: 1, refused: 'malformed-bundle' },
    { name: 'a count of 0', bundle: '', count: 0, refused: 'out-of-range' },
    { name: 'a count of 257', bundle: '', count: 257, refused: 'out-of-range' },
  ],
}
