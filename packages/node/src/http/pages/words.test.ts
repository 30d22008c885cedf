import assert from 'node:assert/strict'
import { test } from 'node:test'
import { caseUrn } from '@comity/statement'
import { told } from './words.ts'

const party = `urn:comity:party:${'a'.repeat(64)}`

/** As the home page tells a move in the case `builds`. */
function toldMove(procedure: string, move: string): string {
  const place = { id: '00'.repeat(32), origin: 'log.example.org', index: 7, effective: 7, iat: 0, at: 0 }
  return told({ ...place, iss: party, kind: 'move', sub: caseUrn(party, 'builds'), payload: { procedure, move } })
}

test('a move is told by its case, by what it is called, and by its procedure', () => {
  assert.equal(
    toldMove('dispute/1', 'consult'),
    'moved in the case builds: Enter into consultations (Settlement of a dispute)',
  )
  assert.equal(toldMove('dispute/1', 'reply'), 'moved in the case builds: Reply (Settlement of a dispute)')
})

test('a move that this node does not know is told as it was stated', () => {
  assert.equal(toldMove('dispute/99', 'sue'), 'moved in the case builds: sue (dispute/99)')
  assert.equal(toldMove('dispute/1', 'sue'), 'moved in the case builds: sue (dispute/1)')
})
