import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sha256 } from '@comity/crypto'
import { ed25519Signer, signNote } from '@comity/log'
import { type PartyPayload, decodeStatement, jwkOf, keysDigest, signStatement } from '@comity/statement'
import { type Keeper, keeper, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../../crypto-port.ts'
import { Follower, WrittenLog, peerOf, product, servePeer, start } from './peer.fixture.ts'

const key = (label: string) => jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey })

function keysOf(label: string, generation: number): PartyPayload['keys'] {
  return [
    { jwk: key(`${label} sign ${generation}`), roles: ['sign', 'approve'] },
    { jwk: key(`${label} receipt`), roles: ['receipt'] },
    { jwk: key(generation === 0 ? `${label} log` : `${label} log ${generation}`), roles: ['log'] },
  ]
}

const digest = (label: string, generation: number) => keysDigest(keysOf(label, generation), crypto)

/** A keeper that committed to its next keys, and the statement by which it changes to them. */
function rotating(label: string): { owner: Keeper; rotation: Uint8Array; signNote: (text: string) => string } {
  const first = keeper(label, { party: { keys: keysOf(label, 0), next: digest(label, 1) } })
  const signer = signerOf(keyFor(`${label} sign 0`))
  const { urn, payload, origin } = first
  const bytes = new TextEncoder().encode(JSON.stringify(payload))
  const founding = (iat: number) => signStatement({ kind: 'party', iss: urn, sub: urn, iat, payload: bytes, signer })
  const owner: Keeper = {
    ...first,
    signer,
    founding,
    policy: (iat) => {
      const policy = decodeStatement(first.policy(iat), crypto).payload
      return signStatement({ kind: 'policy', iss: urn, sub: origin, iat, payload: policy, signer })
    },
  }
  const next: PartyPayload = {
    ...payload,
    keys: keysOf(label, 1),
    next: digest(label, 2),
    previous: decodeStatement(founding(start), crypto).id,
  }
  const rotation = signStatement({
    kind: 'party',
    iss: urn,
    sub: urn,
    iat: start + 50,
    payload: next,
    signer: signerOf(keyFor(`${label} sign 1`)),
  })
  const logKey = keyFor(`${label} log 1`)
  const noteSigner = ed25519Signer(origin, { publicKey: logKey.publicKey, sign: (text) => logKey.sign(text) }, sha256)
  return { owner, rotation, signNote: (text) => signNote(text, [noteSigner]) }
}

async function followed(context: TestContext, log: WrittenLog) {
  const peer = await servePeer(context, () => log)
  const follower = await Follower.open(context, { windowEntries: 256 })
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  return { follower, peer }
}

function summary(follower: Follower) {
  const [state] = follower.mirrors.states()
  return [state?.size, state?.lastError?.code]
}

test('a log key that changes in flight is followed, whichever of both signs the batch that changes it', async (context) => {
  for (const isNewAtOnce of [true, false]) {
    const { owner, rotation, signNote } = rotating(`rotating ${isNewAtOnce}`)
    const { log, author } = WrittenLog.founded('rotating', owner)
    const { follower } = await followed(context, log)
    assert.deepEqual(summary(follower), [log.size, undefined])
    if (isNewAtOnce) log.signNote = signNote
    log.append(start + 50, product(author, 'Before', start + 50), rotation)
    await follower.later()
    assert.deepEqual(summary(follower), [log.size, undefined])
    const { size } = log
    log.append(start + 60, product(author, 'After', start + 60))
    if (!isNewAtOnce) {
      // From the next batch on the old key is nobody's.
      await follower.later()
      assert.deepEqual(summary(follower), [size, 'head-unsigned'])
      log.signNote = signNote
    }
    await follower.later()
    assert.deepEqual(summary(follower), [log.size, undefined])
    await follower.close()
  }
})

test('a rotation is found among more entries than one window has, also at the first contact', async (context) => {
  const { owner, rotation, signNote } = rotating('far rotation')
  const { log, author } = WrittenLog.founded('far rotation', owner)
  const { follower } = await followed(context, log)
  log.grow(author, 600, start + 20)
  log.append(start + 50, rotation)
  log.grow(author, 900, start + 60)
  log.signNote = signNote
  await follower.later()
  assert.deepEqual(summary(follower), [log.size, undefined])
  await follower.close()
  const { follower: later } = await followed(context, log)
  assert.deepEqual(summary(later), [log.size, undefined])
  await later.close()
})

test('who has the old log key cannot show another log behind the rotation', async (context) => {
  const { owner, rotation, signNote } = rotating('stolen')
  const { log, author } = WrittenLog.founded('stolen', owner)
  log.append(start + 50, rotation)
  log.signNote = signNote
  const { follower, peer } = await followed(context, log)
  const { size } = log
  void peer
  log.append(start + 60, product(author, 'Behind', start + 60))
  log.signNote = (text) => owner.keys.log.signNote(text)
  await follower.later()
  assert.deepEqual(summary(follower), [size, 'head-unsigned'])
  // Nor are its words about what is held evidence against anybody.
  const fork = log.fork(size - 1)
  fork.leaves.push(log.timeLeaf(start + 51))
  await assert.rejects(follower.mirrors.compare(log.origin, fork.note()), { code: 'head-unsigned' })
  assert.equal(follower.mirrors.find(log.origin)?.isQuarantined, false)
  await follower.close()
})
