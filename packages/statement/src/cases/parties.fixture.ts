import { toHex } from '../hex.ts'
import type { PartyPayload } from '../kinds/party.ts'
import { keysDigest } from '../parties/party-state.ts'
import { signStatement } from '../sign-statement.ts'
import { partyPayload, port, signer, type TestSigner, urnOf } from '../signers.fixture.ts'
import { decodeStatement } from '../statement.ts'
import type { StatementErrorCode } from '../statement-error.ts'
import { AT, from } from './material.fixture.ts'

const [first, next, approver, narrow, rescue1, rescue2, stranger, second] = [11, 12, 13, 14, 15, 16, 17, 18].map(
  signer,
) as [TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner] // eight were made

const nextKeys: PartyPayload['keys'] = [
  { jwk: next.jwk, roles: ['sign'] },
  { jwk: second.jwk, roles: ['approve'] },
]
const otherKeys: PartyPayload['keys'] = [{ jwk: stranger.jwk, roles: ['sign'] }]
const founding = partyPayload(first, {
  keys: [
    { jwk: first.jwk, roles: ['sign'] },
    { jwk: approver.jwk, roles: ['approve'] },
    { jwk: narrow.jwk, roles: ['sign', 'receipt'], kinds: ['product'] },
  ],
  thresholds: { advisory: 2 },
  next: keysDigest(nextKeys, port),
  recovery: { threshold: 2, keys: [rescue1.jwk, rescue2.jwk] },
})
const urn = urnOf(founding)

/** One party statement as it enters the log. */
interface Step {
  readonly statement: string
  readonly index: number
  /** Kids of the approvals of it that stand before it. */
  readonly approvals: readonly string[]
}

function step(
  payload: PartyPayload,
  by: TestSigner,
  index: number,
  approvals: readonly TestSigner[] = [],
): Step & { id: string } {
  const iss = payload.previous === undefined ? urnOf(payload) : urn
  const bytes = signStatement({ kind: 'party', iss, sub: iss, iat: AT + index, payload, signer: by })
  return {
    statement: toHex(bytes),
    index,
    approvals: approvals.map((each) => each.kidHex),
    id: decodeStatement(bytes, port).id,
  }
}

const start = step(founding, first, 5)
const later = (more: Partial<PartyPayload>, by: TestSigner, index = 10, approvals: readonly TestSigner[] = []) =>
  step({ ...founding, previous: start.id, ...more }, by, index, approvals)
const rotation = later({ keys: nextKeys }, next)

function accepted(
  name: string,
  steps: readonly Step[],
  keys: Readonly<Record<string, readonly [number, number | null]>>,
) {
  return { name, steps, urn, keys }
}

function refused(name: string, code: StatementErrorCode, steps: readonly Step[]) {
  return { name, code, steps }
}

/** After the steps, may `by` sign a statement of `kind` at `index`? */
function may(
  name: string,
  code: StatementErrorCode | 'none',
  by: TestSigner,
  kind: string,
  index: number,
  steps: readonly Step[] = [start],
) {
  return { name, steps, asks: { kid: by.kidHex, kind, index }, code }
}

const periods = (entries: readonly (readonly [TestSigner, number, number | null])[]) =>
  Object.fromEntries(entries.map(([by, begin, end]) => [by.kidHex, [begin, end] as const]))

export const parties = {
  about:
    'party statements in the order of their log: accepted, with the indexes [from, to) at which each key counts, or refused at the last step; `asks` is whether a key may sign a kind afterwards',
  from,
  cases: [
    accepted(
      'founded',
      [start],
      periods([
        [first, 5, null],
        [approver, 5, null],
        [narrow, 5, null],
      ]),
    ),
    accepted(
      'updated',
      [start, later({ domains: ['north.invalid'] }, first)],
      periods([
        [first, 5, null],
        [approver, 5, null],
        [narrow, 5, null],
      ]),
    ),
    accepted(
      'updated with an office that names a key',
      [start, later({ contacts: [{ function: 'judicial', key: first.kidHex }] }, first)],
      periods([
        [first, 5, null],
        [approver, 5, null],
        [narrow, 5, null],
      ]),
    ),
    accepted(
      'rotated to the committed keys',
      [start, rotation],
      periods([
        [first, 5, 10],
        [approver, 5, 10],
        [narrow, 5, 10],
        [next, 10, null],
        [second, 10, null],
      ]),
    ),
    accepted(
      'recovered by two recovery keys',
      [start, later({ keys: otherKeys, thresholds: {} }, rescue1, 10, [rescue2])],
      periods([
        [first, 5, 10],
        [approver, 5, 10],
        [narrow, 5, 10],
        [stranger, 10, null],
      ]),
    ),
    accepted(
      'key declared compromised',
      [start, later({ compromise: [{ kid: narrow.kidHex, since: AT }] }, first)],
      periods([
        [first, 5, null],
        [approver, 5, null],
        [narrow, 5, 10],
      ]),
    ),
    accepted(
      'threshold lowered with two keys',
      [start, later({ thresholds: {} }, first, 10, [approver])],
      periods([
        [first, 5, null],
        [approver, 5, null],
        [narrow, 5, null],
      ]),
    ),
    refused('first statement under another name', 'wrong-party', [{ ...renamed(), index: 0, approvals: [] }]),
    refused('first statement signed by a stranger', 'unknown-key', [step(founding, stranger, 5)]),
    refused('first statement signed by an approver', 'key-without-role', [step(founding, approver, 5)]),
    refused('first statement signed by a key for products', 'key-without-kind', [step(founding, narrow, 5)]),
    refused('update that follows nothing known', 'wrong-previous', [
      start,
      later({ previous: '00'.repeat(32) }, first),
    ]),
    refused('update signed by a key rotated out', 'revoked-key', [
      start,
      rotation,
      step({ ...founding, keys: nextKeys, previous: rotation.id }, first, 20),
    ]),
    refused('rotation to keys nobody committed to', 'key-not-committed', [
      start,
      later({ keys: otherKeys, thresholds: {} }, stranger),
    ]),
    refused('update that changes the commitment', 'key-not-committed', [
      start,
      later({ next: keysDigest(founding.keys, port) }, first),
    ]),
    refused('recovery by one of two', 'threshold-not-met', [
      start,
      later({ keys: nextKeys }, rescue1, 10, [rescue1, approver]),
    ]),
    refused('threshold lowered by one', 'threshold-not-met', [start, later({ thresholds: {} }, first)]),
    refused('threshold above the keys that could sign', 'schema-violation', [
      step({ ...founding, thresholds: { advisory: 3 } }, first, 5),
    ]),
    refused('threshold that a recovery leaves out of reach', 'schema-violation', [
      start,
      later({ keys: otherKeys }, rescue1, 10, [rescue2]),
    ]),
    refused('threshold for a kind that nobody knows', 'schema-violation', [
      step({ ...founding, thresholds: { advisroy: 2 } }, first, 5),
    ]),
    refused('office with a key that is none of the party', 'schema-violation', [
      step({ ...founding, contacts: [{ function: 'judicial', key: stranger.kidHex }] }, first, 5),
    ]),
    refused('office with the key of an approver', 'schema-violation', [
      start,
      later({ contacts: [{ function: 'judicial', key: approver.kidHex }] }, first),
    ]),
    refused('office whose key the same statement declares compromised', 'schema-violation', [
      start,
      later(
        {
          contacts: [{ function: 'judicial', key: narrow.kidHex }],
          compromise: [{ kid: narrow.kidHex, since: AT }],
        },
        first,
      ),
    ]),
    may('signing key, product', 'none', first, 'product', 6),
    may('signing key before it counts', 'not-yet-valid-key', first, 'product', 4),
    may('signing key after rotation', 'revoked-key', first, 'product', 10, [start, rotation]),
    may('signing key before rotation, asked later', 'none', first, 'product', 9, [start, rotation]),
    may('approver, approval', 'none', approver, 'approval', 6),
    may('approver, product', 'key-without-role', approver, 'product', 6),
    may('key for products, advisory', 'key-without-kind', narrow, 'advisory', 6),
    may('receipt key, time', 'none', narrow, 'time', 6),
    may('recovery key, approval', 'none', rescue1, 'approval', 6),
    may('recovery key, product', 'key-without-role', rescue1, 'product', 6),
    may('stranger', 'unknown-key', stranger, 'product', 6),
  ],
}

function renamed(): { statement: string } {
  const iss = `urn:comity:party:${'00'.repeat(32)}`
  return {
    statement: toHex(signStatement({ kind: 'party', iss, sub: iss, iat: AT, payload: founding, signer: first })),
  }
}
