/**
 * Gives every decoder of foreign bytes what is meant to exhaust it, and valid inputs with pieces changed. Prints how many
 * inputs were read or refused, and the most memory that the process had.
 */
import { readFileSync } from 'node:fs'
import { ClientError, decodeConciseProblem, splitCborSequence } from '@comity/contract'
import { sha256, verify } from '@comity/crypto'
import {
  ExposureError,
  parseCpe,
  parseCsaf,
  parseCve,
  parseKev,
  parseOsv,
  parseOsvYaml,
  parsePurl,
  readSbom,
  readVex,
} from '@comity/exposure'
import { decodeEntryBundle, LogError, parseNote, parseTlogPolicy, parseTlogProof } from '@comity/log'
import { decodeReceipt, decodeStatement, parseIJson, StatementError } from '@comity/statement'
import { randomFrom } from '@comity/testkit'
import * as documents from './foreign-documents.ts'

const root = new URL('../../', import.meta.url)
const casesOf = (path: string): readonly Readonly<Record<string, unknown>>[] =>
  JSON.parse(readFileSync(new URL(`vectors/${path}.json`, root), 'utf8')).cases
const hexIn = (path: string, member: string) => casesOf(path).map((each) => Buffer.from(String(each[member]), 'hex'))
const textIn = (path: string, member: string) => casesOf(path).map((each) => Buffer.from(String(each[member])))
const sample = (name: string) => [readFileSync(new URL(`samples/${name}`, root))]

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
/** A decoder, valid inputs, and for decoders of whole documents what opens one, so that its reader goes on into what follows. */
type Decoder = readonly [
  decode: (bytes: Uint8Array) => unknown,
  seeds: readonly Uint8Array[],
  frames?: readonly string[],
]
const decoders: readonly Decoder[] = [
  [(bytes) => decodeStatement(bytes, { sha256, verify }), hexIn('statement/valid-statements', 'statement')],
  [decodeReceipt, hexIn('statement/receipts', 'receipt')],
  [parseIJson, textIn('statement/valid-statements', 'payload')],
  [splitCborSequence, hexIn('statement/valid-statements', 'statement')],
  [decodeConciseProblem, hexIn('statement/valid-statements', 'statement')],
  [parseNote, textIn('log/notes', 'note')],
  [parseTlogProof, textIn('log/tlog-proofs', 'proof')],
  [(bytes) => parseTlogPolicy(bytes, sha256), textIn('log/policies', 'policy')],
  [(bytes) => decodeEntryBundle(bytes, 256), hexIn('log/entry-bundles', 'bundle')],
  [(bytes) => parsePurl(text(bytes)), [Buffer.from('pkg:npm/%40types/node@24.0.0?a=b#c/d')]],
  [(bytes) => parseCpe(text(bytes)), [Buffer.from(String.raw`cpe:2.3:a:ex\:ample:net:1.0:*:*:*:*:*:*:*`)]],
  [
    readSbom,
    [...sample('operator-inventory.cdx.json'), documents.spdx2, documents.spdx3],
    [
      '{"bomFormat":"CycloneDX","specVersion":"1.6","components":',
      '{"spdxVersion":"SPDX-2.3","relationships":[',
      '{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[',
    ],
  ],
  [parseOsv, sample('GO-2023-2153.json'), ['{"affected":[']],
  [parseOsvYaml, [documents.osvYaml]],
  [parseCsaf, [documents.csaf], ['{"document":{"csaf_version":"2.0"},"product_tree":{"branches":[']],
  [
    readVex,
    [documents.openVex, documents.cycloneDxVex],
    [
      '{"@context":"https://openvex.dev/ns/v0.2.0","statements":[',
      '{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[',
    ],
  ],
  [parseCve, [documents.cve], ['{"dataType":"CVE_RECORD","containers":{"cna":{"affected":[']],
  [parseKev, [documents.kev], ['{"catalogVersion":"1","vulnerabilities":[']],
]

/** What a decoder may answer with: its result, or an error of a room, or of the interface. */
const orderly = [StatementError, LogError, ExposureError, ClientError]

/** The most that an advisory may have. Statements, notes and proofs have far less, and are refused by their size. */
const largest = 16 << 20
const pieces = [
  '[',
  '{"a":',
  '[[],',
  '[{},',
  '{"a":0,',
  '"',
  '"a",',
  '\\',
  '1',
  'é',
  '\n',
  '— ',
  'a@',
  '%25',
  'pkg:',
  '/',
]
const cborHeads = ['81', '9f', 'a1', 'bf', 'd2', '5f', '5bffffffffffffffff', '9bffffffffffffffff', 'bb0001', 'd28440']
const hostile = [...pieces.map((each) => Buffer.from(each)), ...cborHeads.map((each) => Buffer.from(each, 'hex'))]
let taken = 0
async function take(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): Promise<void> {
  taken += 1
  try {
    await decode(bytes)
  } catch (error) {
    if (!orderly.some((each) => error instanceof each)) throw error
  }
}

const random = randomFrom(20_200_918)
const below = (limit: number) => Math.floor(random() * limit)
for (const [decode, seeds, frames] of decoders) {
  for (const piece of hostile) {
    for (const frame of ['', ...(frames ?? [])]) {
      const bytes = Buffer.alloc(frames === undefined ? largest / 8 : largest, piece)
      bytes.write(frame)
      await take(decode, bytes)
    }
    for (const size of [1, 100, 10_000]) await take(decode, Buffer.alloc(size, piece))
  }
  for (let i = 0; i < 300; i++) {
    const seed = Buffer.from(seeds[below(seeds.length)] ?? [])
    const at = below(seed.length)
    const piece = Buffer.alloc(below(40), hostile[below(hostile.length)])
    await take(decode, Buffer.concat([seed.subarray(0, at), piece, seed.subarray(at + below(8))]))
  }
}
process.stdout.write(JSON.stringify({ taken, megabytes: process.resourceUsage().maxRSS / 1024 }))
