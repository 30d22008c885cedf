import assert from 'node:assert/strict'
import { test } from 'node:test'
import { violation } from './kinds.fixture.ts'

test('checkpoints in a payload are signed notes over the text of a checkpoint', () => {
  const line = `— example.org/w ${Buffer.alloc(76).toString('base64')}\n`
  const root = Buffer.alloc(32).toString('base64')
  const note = `log.north.invalid\n1\n${root}\n\n${line}`
  const wrong = ['x', note.slice(0, -1), `${note}x`, note.replace('\n1\n', '\n01\n'), `a text\n\n${line}`]
  assert.equal(violation('time', { cosigned: [note, note] }), undefined)
  for (const text of wrong) {
    assert.equal(violation('time', { cosigned: [note, text] }), '/cosigned/1', text)
    assert.equal(violation('continuation', { checkpoint: text }), '/checkpoint', text)
  }
})

test('the checkpoint of a continuation is that of its predecessor, at that size, with that root', () => {
  const line = `— log.before.invalid ${Buffer.alloc(68).toString('base64')}\n`
  const noteOf = (origin: string, size: number, root: number) =>
    `${origin}\n${size}\n${Buffer.alloc(32, root).toString('base64')}\n\n${line}`
  const predecessor = { origin: 'log.before.invalid', size: 1200, root: `sha256:${'07'.repeat(32)}` }
  const pointer = (checkpoint: string) => violation('continuation', { predecessor, checkpoint, proof: undefined })
  assert.equal(pointer(noteOf('log.before.invalid', 1200, 7)), undefined)
  assert.equal(pointer(noteOf('log.other.invalid', 1200, 7)), '/checkpoint')
  assert.equal(pointer(noteOf('log.before.invalid', 1199, 7)), '/checkpoint')
  assert.equal(pointer(noteOf('log.before.invalid', 1200, 8)), '/checkpoint')
})

test('the proof of a move is a tlog-proof of an entry under the checkpoint of the predecessor', () => {
  const line = `— log.before.invalid ${Buffer.alloc(68).toString('base64')}\n`
  const proofOf = (origin: string, size: number, root: number, index = 0) => {
    const note = `${origin}\n${size}\n${Buffer.alloc(32, root).toString('base64')}\n\n${line}`
    return `c2sp.org/tlog-proof@v1\nindex ${index}\n\n${note}`
  }
  const predecessor = { origin: 'log.before.invalid', size: 12, root: `sha256:${'07'.repeat(32)}` }
  const pointer = (proof: string, reason = 'moved') => violation('continuation', { predecessor, proof, reason })
  const right = proofOf('log.before.invalid', 12, 7)
  assert.equal(pointer(right), undefined)
  assert.equal(pointer(right, 'restored'), '/proof')
  assert.equal(pointer(proofOf('log.other.invalid', 12, 7)), '/proof')
  assert.equal(pointer(proofOf('log.before.invalid', 11, 7)), '/proof')
  assert.equal(pointer(proofOf('log.before.invalid', 12, 8)), '/proof')
  assert.equal(pointer(proofOf('log.before.invalid', 12, 7, 12)), '/proof')
  assert.equal(pointer(right.slice(0, -1)), '/proof')
  assert.equal(pointer('x'), '/proof')
})
