/**
 * Cases with running clocks, many of them: what runs out in an hour is found, a move is reduced, and what a case takes in
 * the register. The log is written beforehand, with true signatures, and judged by a node that has no views yet.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ComityNode, dueClocks, partiesDue } from '@comity/node'
import { type Case, newestOf, reduce } from '@comity/procedures'
import { caseUrn } from '@comity/statement'
import { type Actor, actor, keeper, writeLog } from '@comity/testkit'
import { type Bench, type Figure, median } from './figure.ts'
import { privateCaseFigures } from './private-case.ts'

const startAt = 1_795_219_200
const day = 86_400

/** Cases are opened over so many days, in every time zone: a day ends somewhere each hour. */
const days = 50
const parties = 512

/** Vendors of a private case among them. */
const vendors = 500
const batch = 256
const zones = Array.from({ length: 24 }, (_, i) => (i < 12 ? `Etc/GMT-${i}` : `Etc/GMT+${i - 12}`))

/** Hours that are looked at, and moves that are reduced. */
const samples = 200

const dispute = newestOf('dispute')

async function run({ n = 0 }: Readonly<Record<string, number>>): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-cases-'))
  try {
    const home = keeper('bench')
    const authors = Array.from({ length: parties }, (_, i) => actor(`bench ${i}`, home.origin))
    const pause = Math.max(1, Math.floor((days * day * batch) / n))
    const { leafBytes } = await writeLog({
      directory,
      home,
      statements: n,
      batch,
      pause,
      startAt,
      authors,
      statement: opening,
    })
    const before = performance.now()
    const node = await ComityNode.open({ directory, keys: home.keys, now: () => startAt + days * day })
    const rebuilt = performance.now() - before
    const figures = [
      ...dueFigures(node, n),
      ...moveFigures(node),
      ...(await privateCaseFigures(node, directory, home, authors.slice(0, vendors))),
    ]
    await node.close()
    const bytes = statSync(join(directory, 'views', 'public.db')).size / n
    return [
      ...figures,
      {
        figure: 'opening moves judged and registered, at a rebuild',
        value: rebuilt / n,
        unit: 'ms/move',
        against: '',
        ratio: null,
        goal: '',
        met: null,
      },
      {
        figure: `register, of ${n.toLocaleString('en')} open cases`,
        value: bytes,
        unit: 'B/case',
        against: `signed moves and time leaves: ${Math.round(leafBytes / n)} B/case`,
        ratio: (bytes * n) / leafBytes,
        goal: '< 2 KB',
        met: bytes < 2048,
      },
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function opening(authors: readonly Actor[], number: number, at: number): Uint8Array {
  const author = authors[number % authors.length]
  const other = authors[(number * 7 + 1) % authors.length]
  if (author === undefined || other === undefined) throw new RangeError('there are no authors')
  const place = { zone: zones[number % zones.length] ?? 'UTC' }
  const body = {
    respondents: [other.urn],
    subject: `Updates that differ by place, ${number}`,
    urgency: number % 2 === 0 ? 'normal' : 'urgent',
    basis: 'Two builds of one release differ by where they are fetched from. The documents compare them.',
  }
  const seat = author.payload.home
  return author.sign(
    'move',
    caseUrn(author.urn, `case-${number}`),
    { procedure: 'dispute/1', move: 'notify', seat, place, body },
    at,
  )
}

/** The clocks that run out in one hour, and whose findings change with them: what every time leaf asks. */
function dueFigures({ reader }: ComityNode, n: number): readonly Figure[] {
  const running = Number(reader.prepare('SELECT count(*) AS n FROM due_clock').get()?.['n'])
  const scans: number[] = []
  const limits: number[] = []
  const found: number[] = []
  const byKey = reader.prepare('SELECT at, case_file, clock FROM due_clock WHERE at >= ? AND at < ?')
  for (let i = 0; i < samples; i++) {
    const from = startAt + 10 * day + ((i * 7919) % (days * 24)) * 3600
    scans.push(milliseconds(() => partiesDue(reader, from, from + 3600)))
    const clocks = dueClocks(reader, { from, until: from + 3599, limit: 100_000 })
    limits.push(milliseconds(() => byKey.all(from, from + 3600)))
    found.push(clocks.length)
  }
  const page = median(
    Array.from({ length: samples }, (_, i) =>
      milliseconds(() => dueClocks(reader, { from: startAt + i * 3600, until: startAt + 90 * day, limit: 100 })),
    ),
  )
  const value = median(scans)
  const limit = median(limits)
  const cases = `${n.toLocaleString('en')} open cases with ${running.toLocaleString('en')} clocks`
  return [
    {
      figure: `due-clock scan of an hour (${median(found)} clocks run out), ${cases}`,
      value,
      unit: 'ms',
      against: `the same rows read by their key: ${limit.toFixed(2)} ms`,
      ratio: value / limit,
      goal: '< 5 ms',
      met: value < 5,
    },
    {
      figure: 'worst hour of these',
      value: Math.max(...scans),
      unit: 'ms',
      against: '',
      ratio: null,
      goal: '',
      met: null,
    },
    {
      figure: 'the next hundred clocks to run out',
      value: page,
      unit: 'ms',
      against: '',
      ratio: null,
      goal: '< 5 ms',
      met: page < 5,
    },
  ]
}

/** A case as it is kept, and a move of it: read, reduced, written. */
function moveFigures({ reader }: ComityNode): readonly Figure[] {
  const rows = reader
    .prepare('SELECT urn, state, opened_at, document FROM case_file JOIN case_now USING (case_file) LIMIT ?')
    .all(10 * samples)
  const documents = rows.map(({ urn, state, opened_at: openedAt, document }) =>
    JSON.stringify({ urn, state, openedAt, ...JSON.parse(String(document)) }),
  )
  const move = (of: Case) => ({
    statement: '0'.repeat(64),
    name: 'acknowledge',
    by: of.roles['respondent']?.[0] ?? '',
    urn: of.urn,
    body: { text: 'We look into it.' },
    at: of.openedAt + 3600,
    filedAt: of.openedAt + 3600,
  })
  const cases = documents.map((document): Case => JSON.parse(document))
  const reduced = cases.map((of) => milliseconds(() => reduce(dispute, of, move(of))))
  const whole = documents.map((document) =>
    milliseconds(() => {
      const of: Case = JSON.parse(document)
      return JSON.stringify(reduce(dispute, of, move(of)))
    }),
  )
  const copied = documents.map((document) => milliseconds(() => JSON.stringify(JSON.parse(document))))
  const [value, limit] = [median(whole), median(copied)]
  return [
    {
      figure: 'reducer',
      value: median(reduced),
      unit: 'ms/move',
      against: '',
      ratio: null,
      goal: '< 1 ms',
      met: median(reduced) < 1,
    },
    {
      figure: 'a case read, reduced and written',
      value,
      unit: 'ms/move',
      against: `read and written alone: ${limit.toFixed(4)} ms`,
      ratio: value / limit,
      goal: '< 1 ms',
      met: value < 1,
    },
  ]
}

function milliseconds(work: () => unknown): number {
  const before = performance.now()
  work()
  return performance.now() - before
}

const bench: Bench = { name: 'cases', parameters: { n: 100_000 }, run }

export default bench
