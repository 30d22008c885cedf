/** An answer to a ping beside the directory: what is the same, what differs, what one of them does not say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { comparedWith, covers } from './ping.ts'

const key = '5e'.repeat(32)
const listed = { function: 'judicial', hours: 'Mon–Fri 08:00–17:00 UTC', languages: ['en', 'fr-CH'], key } as const
const contact = { ...listed, languages: [...listed.languages] }

test('what an answer says as it was listed is said to be so', () => {
  const answer = { hours: 'mon - fri 08:00-17:00  utc', language: 'en-GB', key }
  assert.deepEqual(comparedWith(answer, [contact]), { hours: 'as-listed', language: 'as-listed', key: 'as-listed' })
})

test('what differs is said to differ, each thing by itself', () => {
  const answer = { hours: '24/7', language: 'fr', key: '77'.repeat(32) }
  assert.deepEqual(comparedWith(answer, [contact]), { hours: 'differs', language: 'differs', key: 'differs' })
  assert.deepEqual(comparedWith({ ...answer, key }, [contact]).key, 'as-listed')
})

test('what one of the two does not say is neither the same nor different', () => {
  const none = { hours: 'not-said', language: 'not-said', key: 'not-said' }
  assert.deepEqual(comparedWith({}, [contact]), none)
  const bare = comparedWith({ hours: '24/7', language: 'en', key }, [{ function: 'judicial' }])
  assert.deepEqual(bare, { hours: 'not-listed', language: 'not-listed', key: 'not-listed' })
})

test('of several contacts for one function any may be the one that answers', () => {
  const night = { function: 'judicial' as const, hours: '24/7', languages: ['sw'] }
  const answer = { hours: '24/7', language: 'en', key }
  assert.deepEqual(comparedWith(answer, [contact, night]), {
    hours: 'as-listed',
    language: 'as-listed',
    key: 'as-listed',
  })
})

test('a language covers its narrower forms and no other', () => {
  for (const [range, tag, is] of [
    ['en', 'EN-gb', true],
    ['en-GB', 'en', false],
    ['en', 'enm', false],
    ['zh-Hant', 'zh-Hant-TW', true],
  ] as const)
    assert.equal(covers(range, tag), is, `${range} ${tag}`)
})

test('as_listed_is_what_was_listed', () => {
  const tag = fc.constantFrom('en', 'en-GB', 'fr', 'fr-CH', 'sw')
  const said = fc.record({ hours: fc.string(), language: tag, key: fc.constantFrom(key, '7'.repeat(64)) })
  fc.assert(
    fc.property(said, fc.array(said, { maxLength: 3 }), fc.boolean(), (answer, others, isListed) => {
      const own = isListed ? [answer] : []
      const contacts = [...own, ...others].map(({ language, ...each }) => ({
        function: 'technical' as const,
        ...each,
        languages: [language],
      }))
      const all = Object.values(comparedWith(answer, contacts))
      if (isListed) assert.deepEqual(all, Array(3).fill('as-listed'))
      else if (others.length === 0) assert.deepEqual(all, Array(3).fill('not-listed'))
      else assert.ok(all.every((each) => each === 'as-listed' || each === 'differs'))
    }),
    { numRuns: 200 },
  )
})
