import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { LogError } from './errors.ts'
import { parseTilePath, pathOf, tilesBetween, type TileCoordinate } from './tile-path.ts'

const level = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const))
const index = fc.oneof(fc.nat(2000), fc.nat(), fc.integer({ min: 0, max: 2 ** 45 - 1 }))
const width = fc.integer({ min: 1, max: 256 })
const anyTile: fc.Arbitrary<TileCoordinate> = fc
  .tuple(level, index, width)
  .map(([level, index, width]) => ({ level, index, width }))

test('every tile has one path, and the path leads back to it', () => {
  fc.assert(fc.property(anyTile, (tile) => assert.deepEqual(parseTilePath(pathOf(tile)), tile)))
})

test('a tree of 70,000 entries has the tiles that tlog-tiles counts', () => {
  const tiles = tilesBetween(0, 70_000)
  const count = (level: number, width: number): number =>
    tiles.filter((t) => t.level === level && t.width === width).length
  assert.deepEqual([count(0, 256), count(0, 112), count(1, 256), count(1, 17), count(2, 1)], [273, 1, 1, 1, 1])
  assert.equal(tiles.length, 277)
  assert.deepEqual(tilesBetween(0, 256).map(pathOf), ['tile/0/000', 'tile/1/000.p/1'])
})

test('a batch touches the open tile of each level that grew, and no other', () => {
  assert.deepEqual(tilesBetween(255, 257).map(pathOf), ['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1'])
  assert.deepEqual(tilesBetween(257, 300).map(pathOf), ['tile/0/001.p/44'])
})

test('tiles that cannot be are refused', () => {
  for (const tile of [
    { level: 64, index: 0, width: 1 },
    { level: -1, index: 0, width: 1 },
    { level: 0, index: -1, width: 1 },
    { level: 0, index: 2 ** 45, width: 1 },
    { level: 0, index: 0.5, width: 1 },
    { level: 0, index: 0, width: 0 },
    { level: 0, index: 0, width: 257 },
  ]) {
    assert.throws(() => pathOf(tile), LogError)
  }
  assert.throws(() => tilesBetween(2, 1), LogError)
})
