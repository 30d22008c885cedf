import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import * as onNode from '@comity/crypto'
import * as inBrowser from '../../../crypto/src/browser.ts'
import { toHex } from '../bytes.ts'
import * as log from '../index.ts'
import type { CheckpointCase, CosignatureMessageCase, SubtreeMessageCase } from './checkpoints.fixture.ts'
import type { Expectation, VectorFile } from './file.fixture.ts'
import { files, folder, textOf } from './make.fixture.ts'
import type { NoteCase, VerifierKeyCase } from './notes.fixture.ts'
import type { PolicyCase } from './policies.fixture.ts'
import type { AddCheckpointCase, TlogProofCase } from './requests.fixture.ts'
import type { BundleCase, ConsistencyCase, InclusionCase, TilePathCase } from './trees.fixture.ts'

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

/** The committed file, which is what this tests; the fixtures only say what it was made from. */
async function read<Case>(name: keyof typeof files): Promise<readonly Case[]> {
  const text = await readFile(new URL(`${name}.json`, folder), 'utf8')
  // The next test shows that the committed text is what the typed fixture makes.
  return (JSON.parse(text) as VectorFile<Case>).cases
}

test('the committed vectors are those that the fixtures make', async () => {
  for (const [name, file] of Object.entries(files)) {
    assert.equal(await readFile(new URL(`${name}.json`, folder), 'utf8'), textOf(file), name)
  }
})

/** Runs what a case is about; if it is to be refused, checks the code and stops there. */
function expecting<Result>(expected: Expectation, run: () => Result, check: (result: Result) => void): void {
  if (expected.refused === null) return check(run())
  assert.throws(
    run,
    (error) => {
      assert.ok(error instanceof log.LogError, `${expected.name}: ${String(error)}`)
      assert.equal(error.code, expected.refused, `${expected.name}: ${error.message}`)
      return true
    },
    expected.name,
  )
}

for (const [where, crypto] of [
  ['Node', onNode],
  ['the browser', inBrowser],
] as const) {
  const { sha256, treeHasher, verify } = crypto
  const verifier = (vkey: string): log.NoteVerifier => {
    const mlDsa44: log.VerifyMlDsa = (key, message, signature) => verify('ML-DSA-44', key, message, signature)
    const made = log.noteVerifier(log.parseVerifierKey(vkey, sha256), { ed25519: verify, mlDsa44 })
    assert.ok(made)
    return made
  }

  describe(`vectors with the crypto of ${where}`, () => {
    test('notes', async () => {
      for (const c of await read<NoteCase>('notes')) {
        expecting(
          c,
          () => log.openNote(c.note, c.vkeys.map(verifier)),
          (opened) => {
            assert.equal(opened.text, c.text, c.name)
            assert.deepEqual(
              opened.verified.map(({ name }) => name),
              c.verified,
              c.name,
            )
            assert.deepEqual(
              opened.unverified.map(({ name }) => name),
              c.unverified,
              c.name,
            )
            assert.equal(log.formatNote(log.parseNote(c.note)), c.note, c.name)
          },
        )
      }
    })

    test('verifier keys', async () => {
      for (const c of await read<VerifierKeyCase>('verifier-keys')) {
        expecting(
          c,
          () => log.parseVerifierKey(c.vkey, sha256),
          (key) => {
            assert.equal(key.name, c.keyName)
            assert.equal(key.type, c.type)
            assert.equal(toHex(key.publicKey), c.publicKey)
            if (c.keyId !== undefined) assert.equal(key.keyId.toString(16).padStart(8, '0'), c.keyId)
            assert.equal(log.formatVerifierKey(key), c.vkey)
          },
        )
      }
    })

    test('checkpoints and cosignatures', async () => {
      for (const c of await read<CheckpointCase>('checkpoints')) {
        const open = (): log.OpenedCheckpoint =>
          log.openCheckpoint(c.note, c.origin, c.logKeys.map(verifier), c.witnesses.map(verifier))
        expecting(c, open, ({ checkpoint, cosigned, text }) => {
          assert.equal(checkpoint.size, c.size, c.name)
          assert.equal(toHex(checkpoint.root), c.root, c.name)
          assert.deepEqual(checkpoint.extensions, c.extensions, c.name)
          const times = cosigned.map((line) => ({ name: line.name, at: log.cosignatureTime(line) }))
          assert.deepEqual(times, c.cosigned, c.name)
          assert.equal(log.formatCheckpoint(checkpoint), text, c.name)
        })
      }
    })

    test('cosignature messages', async () => {
      for (const c of await read<CosignatureMessageCase>('cosignature-messages')) {
        const [header, time, ...body] = c.message.split('\n')
        assert.deepEqual([header, time, body.join('\n')], ['cosignature/v1', `time ${c.at}`, c.text])
        assert.equal(new TextDecoder().decode(log.cosignatureV1Message(c.text, c.at)), c.message)
      }
    })

    test('messages under ML-DSA-44 cosignatures', async () => {
      for (const c of await read<SubtreeMessageCase>('subtree-messages')) {
        const statement = { ...c, hash: fromHex(c.hash) }
        expecting(
          c,
          () => log.subtreeCosignatureMessage(statement),
          (message) => assert.equal(toHex(message), c.message, c.name),
        )
      }
    })

    test('offline proofs', async () => {
      for (const c of await read<TlogProofCase>('tlog-proofs')) {
        const expected = {
          leafHash: fromHex(c.leafHash),
          origin: c.origin,
          logKeys: c.logKeys.map(verifier),
          witnesses: c.witnesses.map(verifier),
        }
        expecting(
          c,
          () => log.verifyTlogProof(treeHasher, c.proof, expected),
          ({ index, extra, opened }) => {
            assert.equal(index, c.index, c.name)
            assert.equal(extra === undefined ? undefined : toHex(extra), c.extra, c.name)
            assert.deepEqual(
              opened.cosigned.map(({ name }) => name),
              c.cosigned,
              c.name,
            )
            assert.equal(log.formatTlogProof(log.parseTlogProof(c.proof)), c.proof, c.name)
          },
        )
      }
    })

    test('add-checkpoint requests', async () => {
      for (const c of await read<AddCheckpointCase>('add-checkpoints')) {
        const last = c.last === null ? undefined : { size: c.last.size, root: fromHex(c.last.root) }
        const judge = (): log.WitnessDecision => {
          const request = log.parseAddCheckpoint(c.request)
          const origin = log.originOf(request)
          return log.judgeAddCheckpoint(treeHasher, request, origin, c.logKeys.map(verifier), last)
        }
        expecting(c, judge, (decision) => {
          assert.equal(decision.status, c.status, c.name)
          if (decision.status === 409) assert.equal(decision.size, c.size, c.name)
          assert.equal(log.formatAddCheckpoint(log.parseAddCheckpoint(c.request)), c.request, c.name)
        })
      }
    })

    test('policies', async () => {
      for (const c of await read<PolicyCase>('policies')) {
        expecting(
          c,
          () => log.parseTlogPolicy(c.policy, sha256),
          (policy) => {
            for (const names of c.enough ?? []) assert.ok(log.policySatisfied(policy, new Set(names)), c.name)
            for (const names of c.tooFew ?? []) assert.ok(!log.policySatisfied(policy, new Set(names)), c.name)
          },
        )
        // Without a hash function this alone goes unseen.
        const form = c.name === 'a key whose ID is wrong' ? { ...c, refused: null } : c
        expecting(
          form,
          () => log.checkTlogPolicy(c.policy),
          () => {},
        )
      }
    })

    test('inclusion proofs', async () => {
      for (const c of await read<InclusionCase>('inclusion')) {
        const [leafHash, root, proof] = [fromHex(c.leafHash), fromHex(c.root), c.proof.map(fromHex)]
        const claim = { index: c.index, start: c.start, end: c.end, leafHash, root, proof }
        expecting(
          c,
          () => log.verifySubtreeInclusion(treeHasher, claim),
          () => {},
        )
        if (c.start !== 0) continue
        expecting(
          c,
          () => log.verifyInclusion(treeHasher, { ...claim, size: c.end }),
          () => {},
        )
      }
    })

    test('consistency proofs', async () => {
      for (const c of await read<ConsistencyCase>('consistency')) {
        const [subtreeRoot, root, proof] = [fromHex(c.subtreeRoot), fromHex(c.root), c.proof.map(fromHex)]
        const { start, end, size } = c
        expecting(
          c,
          () => log.verifySubtreeConsistency(treeHasher, { start, end, size, subtreeRoot, root, proof }),
          () => {},
        )
        if (start !== 0) continue
        const claim = { from: end, to: size, fromRoot: subtreeRoot, toRoot: root, proof }
        expecting(
          c,
          () => log.verifyConsistency(treeHasher, claim),
          () => {},
        )
      }
    })
  })
}

test('tile paths', async () => {
  for (const c of await read<TilePathCase>('tile-paths')) {
    expecting(
      c,
      () => log.parseTilePath(c.path),
      (tile) => {
        assert.deepEqual(tile, { level: c.level, index: c.index, width: c.width })
        assert.equal(log.pathOf(tile), c.path)
      },
    )
  }
})

test('entry bundles', async () => {
  for (const c of await read<BundleCase>('entry-bundles')) {
    expecting(
      c,
      () => log.decodeEntryBundle(fromHex(c.bundle), c.count),
      (entries) => {
        assert.deepEqual(entries.map(toHex), c.entries, c.name)
        assert.equal(toHex(log.encodeEntryBundle(entries)), c.bundle, c.name)
      },
    )
  }
})
