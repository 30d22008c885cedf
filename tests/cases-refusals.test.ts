/** Every refusal that somebody with a case can run into, by command: its exit code, its stable code, and what it says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { known, notice, refusalOf, staged } from './cases-story/refusal.ts'
import { type Place, until, World } from './cases-story/world.ts'

test('what cannot be signed is refused before, with what would be right', async (context) => {
  const { north } = await staged(context)
  const { keeper } = north
  const cases: [readonly string[], string, RegExp, string?][] = [
    [['case', 'open', 'war', 'x'], 'unknown-procedure', /"war" is no procedure: .*dispute/],
    [notice('X'), 'usage', /"X" is no name for a case/],
    [notice('adherence.code'), 'usage', /those of adherence itself/],
    [['case', 'open', 'adherence', 'x'], 'usage', /is opened with "comity adhere" or "comity support"/],
    [['case', 'open', 'restriction', 'x'], 'usage', /opened with notice or record: say which with --move/],
    [['case', 'open', 'dispute', 'x', '--move', 'settle'], 'no-case', /"settle" opens no case of dispute: notify does/],
    [notice('x', '--set', 'foo=1'), 'bad-body', /notify has no field "foo"/, '/foo'],
    [notice('x', '--set', 'urgency=soon'), 'bad-body', /urgency "soon" does not fit: normal \| urgent/, '/urgency'],
    [['case', 'open', 'dispute', 'x', '--set', 'urgency=normal'], 'bad-body', /also has to say/, '/respondents'],
    [notice('x', '--set', 'respondents=Nobody'), 'usage', /"Nobody" is no party/],
    [notice('x', '--place', 'Mars/Olympus'), 'unknown-place', /"Mars\/Olympus" is no time zone/],
    [notice('x', '--place', 'Africa/Nairobi,'), 'usage', /is no place/],
    [notice('x', '--wait', 'long'), 'usage', /no number of seconds/],
    [notice('x', '--seat', 'log.example'), 'usage', /no http or https address/],
    [['case', 'show', 'nowhere'], 'not-found', /knows no case "nowhere"/],
    [['case', 'show', 'Not A Case!'], 'usage', /is no case/],
    [['case', 'move', 'nowhere', 'reply', '--set', 'text=Hello'], 'not-found', /knows no case "nowhere"/],
    [['case', 'list', '--open', '--ended'], 'usage', /exclude each other/],
    [['case', 'due', '--until', 'soon'], 'usage', /is no time/],
  ]
  const before = (await north.client.status()).size
  for (const [args, code, says, pointer] of cases) {
    const refused = await refusalOf(keeper, ...args)
    assert.deepEqual([refused.code, refused.exitCode], [code, 2], refused.said)
    assert.match(refused.said, says)
    assert.equal(refused.pointer, pointer)
  }
  keeper.file('notice.json', {
    request: 'own-rules',
    content: `sha256:${'c0'.repeat(32)}`,
    alternatives: ['by@mail.example'],
  })
  const personal = await refusalOf(keeper, [
    'case',
    'open',
    'restriction',
    'x',
    '--move',
    'notice',
    '--body',
    'notice.json',
  ])
  assert.deepEqual([personal.code, personal.exitCode], ['guarded', 2])
  assert.match(personal.said, /holds an e-mail address/)
  assert.equal((await north.client.status()).size, before, 'nothing of it was filed')
})

test('a move that rests on one which the seat has not taken yet is refused with what helps, and goes behind it', async (context) => {
  const { world, north, south } = await staged(context)
  const { case: urn } = await north.keeper.json<{ case: string }>(...notice('builds'))
  await known(south, urn)
  await world.stop(north)
  await south.keeper.json('case', 'move', 'builds', 'acknowledge')
  south.keeper.file('terms.txt', 'Builds are reproducible from version 4.2 on.')
  const early = await refusalOf(south.keeper, 'case', 'move', 'builds', 'submit', '--set', 'text=Our view.')
  assert.deepEqual([early.code, early.exitCode], ['not-possible-now', 3])
  assert.match(
    early.said,
    /The seat has not taken your acknowledge yet: wait for it, as --wait does, or file this one behind it with --anyway/,
  )
  await south.keeper.json('case', 'move', 'builds', 'submit', '--set', 'text=Our view.', '--anyway')
  await world.start(north)
  await until('the seat has taken both, in their order', async () => {
    const { items } = await north.client.caseMoves(urn)
    return items.map(({ name }) => name).join() === 'notify,acknowledge,submit'
  })
})

test('a move that the case does not allow is refused with what is possible, and for whom', async (context) => {
  const { world, north, south } = await staged(context)
  const { case: urn } = await north.keeper.json<{ case: string }>(...notice('builds'))
  await known(south, urn)
  const again = await refusalOf(north.keeper, ...notice('builds'))
  assert.deepEqual([again.code, again.exitCode], ['case-exists', 3])

  const move = (who: Place, name: string, ...more: readonly string[]) =>
    refusalOf(who.keeper, 'case', 'move', 'builds', name, ...more)
  const notMine = await move(north, 'acknowledge')
  assert.deepEqual([notMine.code, notMine.exitCode], ['not-your-move', 3])
  assert.match(notMine.said, /you are claimant in this case, and acknowledge is not for you now/)
  assert.match(
    notMine.said,
    /Possible now: for you, Agency of north .*: .*reply.* for Agency of south \([0-9a-f]{8}…\): acknowledge/,
  )
  assert.ok(notMine.choices?.includes('acknowledge'))
  const early = await move(south, 'close')
  assert.deepEqual([early.code, early.exitCode], ['not-possible-now', 3])
  assert.match(early.said, /close is not possible: the case is in state notified/)
  assert.match(early.said, /Possible now: for you, Agency of south \([0-9a-f]{8}…\): acknowledge/)
  const invade = await move(south, 'invade')
  assert.deepEqual([invade.code, invade.exitCode], ['unknown-move', 2])
  assert.match(invade.said, /dispute has no move "invade" Possible now:/)
  const stranger = await world.host(south, 'stranger', 'civil-society', 'Stranger')
  const noPart = await refusalOf(stranger, 'case', 'move', urn, 'reply', '--set', 'text=Hello')
  assert.deepEqual([noPart.code, noPart.exitCode], ['not-your-move', 3])
  assert.match(noPart.said, /you have no part in this case/)

  // The seat's own word, where somebody files all the same: at the seat at once, from elsewhere when it comes there.
  const judged = await move(north, 'acknowledge', '--anyway')
  assert.deepEqual([judged.code, judged.exitCode], ['not-your-move', 3])
  assert.match(judged.said, /Agency of north \([0-9a-f]{8}…\) is claimant in this case/)
  const filed = await south.keeper.run(['case', 'move', 'builds', 'close', '--anyway', '--wait', '120'])
  assert.equal(filed.code, 3, filed.stdout)
  assert.match(
    filed.stderr.replaceAll(/\s+/g, ' '),
    /the seat log\.north\.example did not take it: close is not possible/,
  )
  const shown = await north.keeper.run('case', 'show', 'builds')
  assert.match(
    shown.stdout.replaceAll(/\s+/g, ' '),
    /Not taken by the seat: close by Agency of south .*\[not-possible-now\]/,
  )

  // Twice, on another document than the other side, with a proposal that is none.
  await south.keeper.json('case', 'move', 'builds', 'acknowledge', '--wait', '120')
  const nothing = await move(north, 'settle', '--set', `terms=sha256:${'5e'.repeat(32)}`)
  assert.deepEqual([nothing.code, nothing.exitCode, nothing.pointer], ['bad-body', 2, '/terms'])
  assert.match(nothing.said, /terms names a document, which has to come with settle: give the file, --set terms=@FILE/)
  north.keeper.file('terms.txt', 'Builds are reproducible from version 4.2 on.')
  await north.keeper.json('case', 'move', 'builds', 'settle', '--set', 'terms=@terms.txt')
  world.pass(60)
  const twice = await move(north, 'settle', '--set', 'terms=@terms.txt')
  assert.deepEqual([twice.code, twice.exitCode], ['already-made', 3])
  assert.match(twice.said, /Agency of north \([0-9a-f]{8}…\) has made the move settle already/)
  await north.keeper.json('case', 'move', 'builds', 'propose', '--set', 'what.kind=suspend')
  const unknown = await move(north, 'accept', '--set', `proposal=${'9'.repeat(64)}`, '--anyway')
  assert.equal(unknown.exitCode, 3)
  const clock = await move(
    north,
    'propose',
    '--set',
    'what.kind=end-clock-at',
    '--set',
    'what.clock=peace',
    '--set',
    'what.at=2027-01-01',
  )
  assert.deepEqual([clock.code, clock.exitCode], ['not-possible-now', 3])
  assert.match(clock.said, /no clock "peace" runs in this case/)

  // After the end nothing but replies.
  await north.keeper.json('case', 'move', 'builds', 'withdraw')
  const over = await move(north, 'close')
  assert.deepEqual([over.code, over.exitCode], ['not-possible-now', 3])
  assert.match(over.said, /close is not possible: the case was withdrawn Possible now: for you, .*: reply/)
  await north.keeper.json('case', 'move', 'builds', 'reply', '--set', 'text=We settled elsewhere.')
})

test('while the seat cannot be reached a move is filed at home, which keeps its deadline, and is taken later', async (context) => {
  const { world, north, south } = await staged(context)
  const { case: urn } = await north.keeper.json<{ case: string }>(...notice('builds'))
  await known(south, urn)
  await world.stop(north)
  await until('south sees that', async () => (await south.client.peers()).peers[0]?.state === 'unreachable')
  const filed = await south.keeper.run('case', 'move', 'builds', 'acknowledge', '--wait', '1')
  assert.equal(filed.code, 1, filed.stderr)
  const said = filed.stdout.replaceAll(/\s+/g, ' ')
  assert.match(said, /effect once the seat log\.north\.example has taken it/)
  assert.match(said, /The seat is unreachable from your node.*What is filed at home keeps its deadline/)
  // Long after the deadline.
  world.pass(40 * 86_400)
  const meanwhile = await south.client.case(urn)
  assert.equal(meanwhile.state.name, 'notified')
  assert.equal(meanwhile.clocks.find(({ name }) => name === 'acknowledgement')?.standing, 'kept')
  assert.equal(meanwhile.filed.length, 1)
  await world.start(north)
  await until('the seat has taken it', async () => (await north.client.case(urn)).state.name === 'acknowledged')
  const shown = await north.client.case(urn)
  assert.equal(shown.clocks.find(({ name }) => name === 'acknowledgement')?.standing, 'kept')
  await until('south sees it', async () => (await south.client.case(urn)).state.name === 'acknowledged')
})

test('a seat that does not follow the author’s log is brought the move, with a token and copies of its party', async (context) => {
  const world = new World()
  context.after(() => world.close())
  const north = await world.found('north', 'XA')
  const south = await world.found('south', 'XB')
  // South follows north; north follows nobody.
  await south.keeper.json('peer', 'add', north.url, '--keeper', north.keeper.urn, '--allow-private')
  await world.settled()
  const { case: urn } = await north.keeper.json<{ case: string }>(
    ['case', 'open', 'dispute', 'builds', '--set', `respondents=${south.keeper.urn}`, '--set', 'subject=Updates'],
    ['--set', 'urgency=normal', '--set', 'basis=Two builds differ.'],
  )
  await known(south, urn)
  const move = ['case', 'move', 'builds', 'acknowledge', '--seat', north.url]
  const wrong = await refusalOf(south.keeper, 'case', 'move', 'builds', 'acknowledge', '--seat', south.url)
  assert.deepEqual([wrong.code, wrong.exitCode], ['wrong-seat', 3])
  const unauthorised = await refusalOf(south.keeper, ...move)
  assert.deepEqual([unauthorised.code, unauthorised.exitCode], ['not-authorised', 3])
  const token = `${south.keeper.path}/north.token`
  await north.keeper.json('token', 'issue', '--label', 'south', '--out', token)
  const taken = await south.keeper.json<{ taken: boolean; state: string }>(...move, '--seat-token-file', token)
  assert.deepEqual([taken.taken, taken.state], [true, 'acknowledged'])

  // The seat of a decision is the log of its chair, whom this node has never heard of.
  const council = await world.host(south, 'council', 'organisation', 'Regional council')
  const decide = ['case', 'open', 'decision', 'contacts', '--set', `chair=${council.urn}`]
  const said = ['--set', `members=${north.keeper.urn}`, '--set', 'subject=Tests', '--set', 'importance=ordinary']
  north.keeper.file('text.txt', 'Contacts are tested every six months.')
  const unknownSeat = await refusalOf(north.keeper, decide, said, '--set', 'text=@text.txt')
  assert.deepEqual([unknownSeat.code, unknownSeat.exitCode], ['unknown-party', 2])
  assert.match(unknownSeat.said, /the seat is the log of the chair, [0-9a-f]{8}…, whom your node does not know/)
  const opened = await north.keeper.json<{ seat: string; taken: boolean }>([
    ...decide,
    ...said,
    '--set',
    'text=@text.txt',
    '--seat',
    south.url,
    '--wait',
    '30',
  ])
  assert.deepEqual(opened.seat, south.origin)
  assert.equal(opened.taken, true)
  const elsewhere = await refusalOf(
    north.keeper,
    'case',
    'show',
    `urn:comity:case:${north.keeper.urn.slice(-64)}:contacts`,
  )
  assert.deepEqual([elsewhere.code, elsewhere.exitCode], ['no-case', 2])
  assert.match(elsewhere.said, /or ask that node, with --node/)
  const nobody = await refusalOf(
    south.keeper,
    'case',
    'move',
    'builds',
    'reply',
    '--set',
    'text=A',
    '--seat',
    'http://127.0.0.1:9',
  )
  assert.equal(nobody.exitCode, 4)
})

test('two moves at once at two nodes are ordered by the seat, and a move that comes again does nothing', async (context) => {
  const { north, south } = await staged(context)
  const { case: urn } = await north.keeper.json<{ case: string }>(
    ['case', 'open', 'exercise', 'ping', '--set', 'type=table-top', '--set', 'participants=Agency of south'],
    ['--set', 'subject=Test of the contacts'],
  )
  await north.keeper.json('case', 'move', 'ping', 'start')
  await until('south may answer', async () => {
    const found = await south.client.case(urn).catch(() => undefined)
    return found?.state.name === 'running'
  })
  // Neither knows of the other: whichever the seat has first counts, and both nodes come to the same.
  await Promise.all([
    south.keeper.json('case', 'move', 'ping', 'answer', '--out', 'answer.cbor'),
    north.keeper.json('case', 'move', 'ping', 'end'),
  ])
  await until('the seat has judged both', async () => {
    const { timeline, refused } = await north.client.case(urn)
    return timeline.length + refused.length === 4
  })
  const atSeat = await north.client.case(urn)
  assert.equal(atSeat.state.name, 'done')
  assert.ok(atSeat.refused.every(({ code, name }) => code === 'not-possible-now' && name === 'answer'))
  await until('south sees the same', async () => (await south.client.case(urn)).state.name === 'done')
  const moves = (await north.client.caseMoves(urn)).items
  assert.deepEqual((await south.client.caseMoves(urn)).items, moves)

  const { taken } = await south.keeper.json<{ taken: boolean }>([
    'case',
    'move',
    'ping',
    'reply',
    '--set',
    'text=We note it.',
    '--wait',
    '30',
    '--out',
    'reply.cbor',
  ])
  assert.equal(taken, true)
  const token = `${south.keeper.path}/north.token`
  await north.keeper.json('token', 'issue', '--label', 'south', '--out', token)
  const again = await south.keeper.json<{ duplicate: boolean }>([
    'submit',
    'reply.cbor',
    '--node',
    north.url,
    '--token-file',
    token,
    '--no-attach',
  ])
  assert.equal(again.duplicate, true)
  assert.equal((await north.client.caseMoves(urn)).items.length, moves.length + 1)
})
