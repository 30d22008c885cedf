/** Offices as somebody types them, and the keys that they name when the keys of their party change. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { type Contact, type PartyPayload, partyKeyThumbprint, toHex } from '@comity/statement'
import fc from 'fast-check'
import { CliError } from '../cli-error.ts'
import { crypto } from '../crypto-port.ts'
import { newSealKey } from '../keys/seal-key.ts'
import { widthOf } from '../terminal/text.ts'
import { withChangedKeys, withContactKeys } from './contact-key.ts'
import { contactLines } from './contact-lines.ts'
import { contactFrom } from './contact-option.ts'

type Key = PartyPayload['keys'][number]

function key(...roles: Key['roles']): Key {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  return { jwk: { kty: 'OKP', crv: 'Ed25519', x }, roles }
}

const kidOf = ({ jwk }: Key): string => toHex(partyKeyThumbprint(jwk, crypto))
const [sign, approve, seal] = [key('sign'), key('approve'), newSealKey().entry]
const findings: Key = { ...key('sign'), kinds: ['findings'] }
const keys = [sign, approve, findings, seal]
const party: PartyPayload = { names: [{ language: 'en', text: 'A' }], type: 'provider', home: 'a.invalid', keys }

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof CliError)
    assert.equal(error.code, 'usage')
    return error.message
  }
  assert.fail('it was taken')
}

test('an office is its function and its address, and behind commas whatever else is said of it', () => {
  const typed: readonly (readonly [string, Contact])[] = [
    ['security=psirt@a.example', { function: 'security', email: 'psirt@a.example' }],
    ['security=mailto:psirt@a.example', { function: 'security', email: 'psirt@a.example' }],
    ['general=+49 30 123456', { function: 'general', phone: '+49 30 123456' }],
    ['inbox=https://a.example/x,y', { function: 'inbox', url: 'https://a.example/x,y' }],
    [
      'judicial=desk@a.example,phone=+49 30 1,hours=Mon, Wed, Fri 9–12 UTC,languages=en,fr-CH,key=seal',
      {
        function: 'judicial',
        email: 'desk@a.example',
        phone: '+49 30 1',
        hours: 'Mon, Wed, Fri 9–12 UTC',
        languages: ['en', 'fr-CH'],
        key: 'seal',
      },
    ],
    [
      'technical=phone=+1 555 0100, languages=en+es',
      { function: 'technical', phone: '+1 555 0100', languages: ['en', 'es'] },
    ],
  ]
  for (const [text, contact] of typed) assert.deepEqual(contactFrom(text), contact, text)
})

test('an office that cannot be meant is refused, with what would be right', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['press=a@b', /is not of the form security\|diplomatic\|.*=address\[,hours=…\]/],
    ['technical', /is not of the form/],
    ['technical=', /is not of the form/],
    ['technical=a@b,hours=', /says nothing of hours/],
    ['technical=a@b,email=c@d', /says email twice/],
    ['technical=hours=24/7', /has no address/],
  ]
  for (const [text, message] of wrong)
    assert.match(
      refusal(() => contactFrom(text)),
      message,
      text,
    )
})

test('whatever is typed is an office or refused, and an office has what was typed', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom('technical=', 'hours=24/7', ',', 'key=seal', 'a@b', '=', 'languages=en,fr', 'phone=+1'),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const text = parts.join('')
      try {
        const { function: office } = contactFrom(text)
        assert.ok(text.startsWith(`${office}=`))
      } catch (error) {
        assert.ok(error instanceof CliError, String(error))
      }
    }),
    { numRuns: 300 },
  )
})

test('a key is found by its role or by how it begins, and what is no key for an office is refused with the choice', () => {
  const named = (said: string) => withContactKeys([{ function: 'judicial', email: 'a@b', key: said }], keys)[0]?.key
  assert.deepEqual([named('seal'), named('sign')], [kidOf(seal), kidOf(sign)])
  assert.equal(named(kidOf(findings).slice(0, 8)), kidOf(findings))
  for (const said of [kidOf(approve), kidOf(seal).slice(0, 7), '0'.repeat(64), 'approve']) {
    const message = refusal(() => named(said))
    assert.match(message, /the judicial contact names key .* is none of the party's keys to seal to or to sign with/)
    assert.ok(message.includes(`${kidOf(seal).slice(0, 16)} (seal)`), message)
  }
  const two = [...keys, newSealKey().entry]
  assert.match(
    refusal(() => withContactKeys([{ function: 'judicial', key: 'seal' }], two)),
    /more than one/,
  )
})

test('an office whose key goes names the one that takes its place, or none where that is not clear', () => {
  const contacts: Contact[] = [
    { function: 'judicial', key: kidOf(seal) },
    { function: 'technical', key: kidOf(sign) },
    { function: 'general', email: 'a@b' },
  ]
  const before = { ...party, contacts }
  const after = (change: Partial<PartyPayload>) => withChangedKeys(before, change).contacts?.map((each) => each.key)
  assert.deepEqual(after({}), [kidOf(seal), kidOf(sign), undefined])
  const [next, otherSeal] = [key('sign'), newSealKey().entry]
  assert.deepEqual(after({ keys: [next, approve, findings, otherSeal] }), [kidOf(otherSeal), kidOf(next), undefined])
  assert.deepEqual(after({ keys: [next, key('sign'), findings] }), [undefined, undefined, undefined])
  const compromise = [{ kid: kidOf(sign), since: 1 }]
  assert.deepEqual(after({ compromise }), [kidOf(seal), undefined, undefined])
  assert.deepEqual(after({ compromise, keys: [sign, next, seal] }), [kidOf(seal), kidOf(next), undefined])
})

test('an office takes its lines, and none is wider than a terminal', () => {
  const shown = contactLines({
    function: 'judicial',
    email: `${'desk-of-mutual-legal-assistance'}@ministry-of-justice.north.example`,
    phone: '+49 30 1234567',
    hours: 'Mon–Fri 08:00–17:00, Sat 09:00–12:00 Europe/Berlin, and in emergencies around the clock\u001b[31m',
    languages: ['en', 'fr-CH'],
    key: kidOf(seal),
  })
  for (const line of shown.split('\n')) assert.ok(widthOf(line) <= 80, line)
  assert.match(shown, /^ {2}judicial {2}desk-of-.*\n.*\+49 30 1234567\n {4}hours {6}Mon–Fri/)
  assert.ok(shown.includes(`key        ${kidOf(seal).slice(0, 16)}`) && !shown.includes('\u001b'), shown)
  assert.equal(contactLines({ function: 'general' }), '  general  no address')
})
