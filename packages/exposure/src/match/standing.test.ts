import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { foldAliases } from './fold-aliases.ts'
import { type AdvisoryFormat, isHarmless, type MatchReason, type MatchState } from './outcome.ts'
import { type SourceWord, type Standing, standingOf } from './standing.ts'

interface Said {
  readonly format?: AdvisoryFormat
  readonly document?: string
  readonly author?: string
  readonly modified?: string
  readonly reason?: MatchReason
  readonly id?: string
  readonly aliases?: readonly string[]
}

const vulnerability = 'CVE-2026-1'

function word(state: MatchState, said: Said = {}): SourceWord {
  const { format = 'OSV', document = `${format}-1`, author = 'GHSA', modified, reason = 'in-range' } = said
  const { id = vulnerability, aliases = [] } = said
  return {
    advisory: {
      format,
      document,
      author: { name: author },
      id,
      aliases,
      revision: modified ?? '1',
      ...(modified !== undefined && { modified }),
    },
    outcome: {
      state,
      why: { reason, advisory: document, package: undefined, version: '1.0', text: `${document} says so` },
    },
  }
}

const isSupplier = ({ advisory }: SourceWord): boolean => advisory.author.name === 'Acme'
const asked = { vulnerability, isSupplier }

function shown(standing: Standing | undefined): string {
  return standing === undefined ? 'none' : `${standing.state} by ${standing.by}`
}

describe('the standing of a component', () => {
  const database = word('affected')
  const vex = (state: MatchState, more: Said = {}) => word(state, { format: 'OpenVEX', author: 'Acme', ...more })

  it('is what the supplier says, over the range of a database, and both are cited', () => {
    const standing = standingOf([database, vex('not_affected')], asked)
    assert.equal(shown(standing), 'not_affected by supplier')
    assert.deepEqual(standing?.contradicting, [database])
    assert.deepEqual(standing?.others, [database])
  })

  it('is not what somebody says who merely claims to be the supplier', () => {
    const standing = standingOf([database, vex('not_affected')], { vulnerability, isSupplier: () => false })
    assert.equal(shown(standing), 'affected by others')
    assert.equal(standing?.contradicting[0]?.advisory.author.name, 'Acme')
  })

  it('is left to others where the supplier has no answer', () => {
    assert.equal(shown(standingOf([database, vex('undetermined')], asked)), 'affected by others')
    const silent = vex('undetermined', { reason: 'not-covered' })
    assert.equal(shown(standingOf([word('not_affected'), silent], asked)), 'not_affected by others')
    assert.equal(shown(standingOf([silent], asked)), 'undetermined by others')
  })

  it('is settled by the supplier in what it names itself, not in what an alias of others joins to it', () => {
    const own = vex('not_affected', { id: 'ACME-5', aliases: ['CVE-2026-2'] })
    // Somebody said that ACME-5 is CVE-2026-1 too.
    const bulletin = word('affected', { id: 'GHSA-9', aliases: ['CVE-2026-1', 'CVE-2026-2'] })
    assert.equal(shown(standingOf([own, bulletin], asked)), 'affected by others')
    assert.equal(
      shown(standingOf([own, bulletin], { ...asked, vulnerability: 'cve-2026-2' })),
      'not_affected by supplier',
    )
    const same = word('affected', { id: 'GHSA-9', aliases: ['CVE-2026-1', 'ACME-5'] })
    assert.equal(shown(standingOf([own, same], asked)), 'not_affected by supplier')
    assert.equal(shown(standingOf([own, database], asked)), 'affected by others')
    // Harm counts from whoever is believed, whatever it names.
    const worse = vex('affected', { id: 'ACME-6' })
    assert.equal(shown(standingOf([worse, word('not_affected')], asked)), 'affected by supplier')
  })

  it('follows the later word of one author, and keeps the earlier', () => {
    const first = vex('affected', { document: 'V-1', modified: '2026-11-01T00:00:00Z' })
    const then = vex('fixed', { format: 'CSAF', document: 'V-2', modified: '2026-11-02T00:00:00Z' })
    for (const order of [
      [first, then],
      [then, first],
    ]) {
      const standing = standingOf(order, asked)
      assert.equal(shown(standing), 'fixed by supplier')
      assert.deepEqual(standing?.superseded, [first])
    }
    const silent = {
      ...then,
      outcome: { ...then.outcome, why: { ...then.outcome.why, reason: 'not-covered' as const } },
    }
    assert.equal(shown(standingOf([first, silent], asked)), 'affected by supplier')
    // Two of one time contradict each other.
    const sameTime = vex('fixed', { document: 'V-2', modified: '2026-11-01T00:00:00Z' })
    const standing = standingOf([first, sameTime], asked)
    assert.deepEqual([shown(standing), standing?.contradicting], ['affected by supplier', [sameTime]])
  })

  it('follows the latest revision of one document, whatever it says', () => {
    const first = word('affected', { document: 'GHSA-1', modified: '2026-11-01T00:00:00Z' })
    const then = word('not_affected', { document: 'GHSA-1', modified: '2026-11-02T00:00:00Z', reason: 'not-named' })
    assert.equal(shown(standingOf([first, then], asked)), 'not_affected by others')
    const another = word('not_affected', { document: 'GHSA-2', modified: '2026-11-02T00:00:00Z' })
    assert.equal(shown(standingOf([first, another], asked)), 'affected by others')
  })

  it('ends when everything was taken back', () => {
    const withdrawn = word('not_affected', { document: 'GHSA-2', reason: 'withdrawn' })
    assert.equal(shown(standingOf([database, withdrawn], asked)), 'affected by others')
    assert.equal(standingOf([withdrawn], asked)?.deciding.outcome.why.reason, 'withdrawn')
  })

  it('is what the operator says, with what came after its word', () => {
    const late = word('affected', { document: 'GHSA-2', modified: '2026-11-05T00:00:00Z' })
    const operator = { state: 'remedied', at: '2026-11-03T00:00:00Z' } as const
    const standing = standingOf([database, late], { ...asked, operator })
    assert.equal(shown(standing), 'remedied by operator')
    assert.equal(standing?.deciding.outcome.state, 'affected')
    assert.deepEqual(standing?.news, [late])
  })

  it('is none without a source', () => {
    assert.equal(shown(standingOf([], asked)), 'none')
  })

  const states = fc.constantFrom<MatchState>('affected', 'under_investigation', 'undetermined', 'fixed', 'not_affected')
  const day = fc.constantFrom('2026-11-01', '2026-11-02', 'never', undefined)
  const said = fc
    .record({
      format: fc.constantFrom<AdvisoryFormat>('OSV', 'CSAF', 'OpenVEX'),
      author: fc.constantFrom('Acme', 'GHSA'),
      document: fc.constantFrom('1', '2'),
      modified: day,
    })
    .map(({ modified, ...rest }) => ({ ...rest, ...(modified !== undefined && { modified }) }))
  const words = fc.array(
    fc.tuple(states, said).map(([state, each]) => word(state, each)),
    { minLength: 1, maxLength: 6 },
  )

  it('the-order-of-sources-means-nothing', () => {
    fc.assert(
      fc.property(words, (given) => {
        assert.deepEqual(standingOf(given, asked), standingOf(given.toReversed(), asked))
      }),
      { numRuns: 1000 },
    )
  })

  it('whoever-is-not-believed-makes-nothing-harmless', () => {
    const name = fc.constantFrom('CVE-2026-1', 'cve-2026-2', 'GHSA-aaaa-aaaa-aaaa', 'ghsa-bbbb-bbbb-bbbb', 'ACME-5')
    const author = fc.constantFrom('Acme', 'GHSA', 'outsider')
    const named = fc.tuple(states, author, name, fc.array(name, { maxLength: 2 }))
    const all = fc
      .array(named, { minLength: 2, maxLength: 7 })
      .map((drawn) =>
        drawn.map(([state, by, id, aliases], n) => word(state, { author: by, id, aliases, document: String(n) })),
      )
    // By each name that anybody uses, whether everything that stands there is harmless.
    const harmlessBy = (given: readonly SourceWord[]): ReadonlyMap<string, boolean> => {
      const folded = foldAliases(given.map(({ advisory }) => advisory))
      const found = new Map<string, boolean>()
      for (const { id, names } of folded.all()) {
        const own = given.filter(({ advisory }) => folded.vulnerabilitiesOf(advisory.id).includes(id))
        const standing = standingOf(own, { vulnerability: id, isSupplier })
        if (standing === undefined) continue
        for (const each of names)
          found.set(each, (found.get(each) ?? true) && isHarmless(standing.deciding.outcome.state))
      }
      return found
    }
    fc.assert(
      fc.property(all, (given) => {
        const after = harmlessBy(given)
        const before = harmlessBy(given.filter(({ advisory }) => advisory.author.name !== 'outsider'))
        for (const [each, isFine] of before) if (!isFine) assert.equal(after.get(each), false, each)
      }),
      { numRuns: 1000 },
    )
  })

  it('nothing-that-was-said-is-dropped', () => {
    fc.assert(
      fc.property(words, (given) => {
        const standing = standingOf(given, asked) ?? assert.fail('there is one')
        const cited = new Set([standing.deciding, ...standing.others, ...standing.superseded])
        for (const each of given) assert.ok(cited.has(each), each.outcome.state)
      }),
      { numRuns: 1000 },
    )
  })
})
