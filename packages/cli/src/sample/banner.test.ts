/** What a newcomer reads while the sample is built and once it is served. */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { widthOf } from '../terminal/text.ts'
import { sampleBanner } from './banner.ts'
import { showStep } from './progress-line.ts'

test('the banner says that it is a sample, and how to found a node of one’s own', () => {
  const home = '/tmp/comity-sample-x/home'
  const place = { url: 'http://localhost:8480', home, data: '/srv/data', stop: 'Ctrl+C' }
  const banner = sampleBanner({ ...place, statements: 66, seconds: 3.21 })
  for (const line of banner.split('\n')) assert.ok(widthOf(line) <= 80, line)
  assert.match(banner, /SAMPLE REGISTER {3}http:\/\/localhost:8480/)
  assert.match(banner.replaceAll(/\s+/g, ' '), /Its parties are fictitious; .* 66 entries .* in 3\.2 s.*Ctrl\+C/)
  assert.match(banner.replaceAll(/\s+/g, ' '), /No node was founded in \/srv\/data yet.*comity\.mjs init .* npm start/)
})

function shown(isTTY: boolean): string {
  const pieces: string[] = []
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 })
  stderr.on('data', (piece: Buffer) => pieces.push(piece.toString()))
  for (const [done, what] of [
    [0, 'A node is founded'],
    [1, 'A provider registers its product and says how it is updated'],
    [2, ''],
  ] as const)
    showStep({ stderr }, done, 2, what)
  return pieces.join('')
}

test('a line shows how far the sample has been built, and is gone at the end', () => {
  const frames = shown(true).split('\r\u001b[2K')
  assert.match(frames[1] ?? '', /^Building the sample register ░{20} A node is founded$/)
  assert.match(frames[2] ?? '', /^Building the sample register █{10}░{10} A provider registers/)
  for (const frame of frames) assert.ok(widthOf(frame) <= 81, frame)
  assert.equal(frames.at(-1), '')
  assert.equal(shown(false), 'comity: building the sample register …\ncomity: built the sample register in 2 steps\n')
})
