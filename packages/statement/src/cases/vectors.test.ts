import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as server from '@comity/crypto'
import * as browser from '../../../crypto/src/browser.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { StatementCrypto } from '../crypto-port.ts'
import { toHex } from '../hex.ts'
import { parseIJson } from '../i-json.ts'
import { foundParty } from '../parties/found-party.ts'
import { maySign, partyStatementKey } from '../parties/party-keys.ts'
import type { PartyState } from '../parties/party-state.ts'
import { updateParty } from '../parties/update-party.ts'
import {
  decodeCoseKey,
  decodeCoseKeySet,
  encodeCoseKey,
  type Jwk,
  jwkOf,
  keyThumbprint,
  publicKeyOf,
} from '../public-key.ts'
import { readPayload, readPayloadAs } from '../read-payload.ts'
import { verifyConsistencyReceipt, verifyReceipt } from '../receipts/verify.ts'
import { verifySignature } from '../signature.ts'
import { decodeStatement } from '../statement.ts'
import { StatementError, statementErrorCodes } from '../statement-error.ts'
import { files, folder, textOf } from './make.fixture.ts'
import { bytesOf, hasher } from './material.fixture.ts'

const ports: Readonly<Record<string, StatementCrypto>> = { server, browser }

/** A case with everything any file may say; each test reads what its file has. */
type Case = Readonly<Record<string, unknown>>

function casesOf(name: keyof typeof files): readonly Case[] {
  const file: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
  // written by make.fixture.ts, which the first test below compares
  return (file as { cases: readonly Case[] }).cases
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : assert.fail(`${String(value)} is not text`)
const hex = (value: unknown): Uint8Array => bytesOf(text(value))
const jwk = (value: unknown): Jwk => value as Jwk // `publicKeyOf` checks it

/** Code and pointer of the refusal; `none` when there is none. */
function refusal(f: () => unknown): { code: string; pointer?: string } {
  try {
    f()
    return { code: 'none' }
  } catch (error) {
    assert.ok(error instanceof StatementError, String(error))
    return { code: error.code, ...(error.pointer === undefined ? {} : { pointer: error.pointer }) }
  }
}

test('the committed vectors are what the code makes', () => {
  for (const [name, file] of Object.entries(files)) {
    assert.equal(readFileSync(new URL(`${name}.json`, folder), 'utf8'), textOf(file), `${name}: run make.fixture.ts`)
  }
})

test('every error code has a vector', () => {
  const seen = new Set<unknown>(
    Object.values(files).flatMap((file) => file.cases.map((each) => ('code' in each ? each.code : ''))),
  )
  assert.deepEqual(
    statementErrorCodes.filter((code) => !seen.has(code)),
    [],
  )
})

for (const [where, port] of Object.entries(ports)) {
  test(`valid statements are accepted by ${where} code`, () => {
    for (const each of casesOf('valid-statements')) {
      const statement = decodeStatement(hex(each['statement']), port)
      verifySignature(statement, publicKeyOf(jwk(each['jwk'])), port)
      for (const field of ['kind', 'iss', 'sub', 'iat', 'alg', 'contentType', 'id'] as const) {
        assert.equal(statement[field], each[field], `${text(each['name'])} ${field}`)
      }
      assert.equal(statement.kidHex, each['kid'])
      assert.equal(toHex(statement.toBeSigned), each['toBeSigned'])
      assert.equal(toHex(statement.leaf), each['leaf'])
      assert.equal(toHex(hasher.leaf(statement.leaf)), each['leafHash'])
      if (statement.kind !== '' && statement.kind !== 'hash-envelope') readPayload(statement)
    }
  })

  test(`invalid statements are refused by ${where} code, each with its code`, () => {
    for (const each of casesOf('invalid-statements')) {
      const padding = new Uint8Array(Number(each['padding'] ?? 0)).fill(0x20)
      const bytes = Uint8Array.from([...hex(each['statement']), ...padding, ...hex(each['tail'] ?? '')])
      const found = refusal(() => {
        const statement = decodeStatement(bytes, port)
        verifySignature(statement, publicKeyOf(jwk(each['jwk'])), port)
        readPayload(statement)
      })
      assert.equal(found.code, each['code'], text(each['name']))
      if (each['pointer'] !== undefined) assert.equal(found.pointer, each['pointer'], text(each['name']))
    }
  })

  test(`receipts hold or fail in ${where} code as they should`, () => {
    for (const each of casesOf('receipts')) {
      const key = publicKeyOf(jwk(each['jwk']))
      const found = refusal(() => {
        if (each['type'] === 'inclusion') {
          const verified = verifyReceipt(hex(each['receipt']), hex(each['leaf']), key, port)
          assert.deepEqual(
            [verified.size, verified.index, toHex(verified.root)],
            [each['size'], each['index'], each['root']],
          )
          return
        }
        const to = each['newerRoot'] === undefined ? {} : { to: hex(each['newerRoot']) }
        const verified = verifyConsistencyReceipt(
          hex(each['receipt']),
          { from: hex(each['olderRoot']), ...to },
          key,
          port,
        )
        assert.deepEqual([verified.from, verified.to, toHex(verified.root)], [each['from'], each['to'], each['root']])
      })
      assert.equal(found.code, each['code'] ?? 'none', text(each['name']))
    }
  })

  test(`parties change, or refuse to, in ${where} code as they should`, () => {
    for (const each of casesOf('parties')) {
      let state: PartyState | undefined
      const found = refusal(() => {
        state = replay(each['steps'] as readonly Step[], port) // written by parties.fixture.ts
        const asks = each['asks'] as { kid: string; kind: string; index: number } | undefined
        if (asks !== undefined) maySign(state, asks.kid, asks.kind, asks.index)
      })
      assert.equal(found.code, each['code'] ?? 'none', text(each['name']))
      if (each['keys'] === undefined) continue
      assert.equal(state?.urn, each['urn'])
      const periods = state?.keys.map((key) => [key.kid, [key.from, key.to ?? null]] as const) ?? []
      assert.deepEqual(Object.fromEntries(periods), each['keys'], text(each['name']))
    }
  })
}

interface Step {
  readonly statement: string
  readonly index: number
  readonly approvals: readonly string[]
}

function replay(steps: readonly Step[], port: StatementCrypto): PartyState {
  let state: PartyState | undefined
  for (const { statement: bytes, index, approvals } of steps) {
    const statement = decodeStatement(bytesOf(bytes), port)
    const payload = readPayloadAs(statement, 'party')
    verifySignature(statement, partyStatementKey(state, payload, statement.kidHex, port), port)
    state =
      state === undefined
        ? foundParty(statement, payload, index, port)
        : updateParty(state, statement, payload, index, { approvals }, port)
  }
  return state ?? assert.fail('a case without steps')
}

test('I-JSON texts parse to their canonical form, and others are refused where they say', () => {
  for (const each of casesOf('json')) {
    const bytes = new TextEncoder().encode(text(each['text']))
    if (each['code'] === undefined) {
      assert.equal(canonicalJson(parseIJson(bytes)), each['canonical'], text(each['name']))
      continue
    }
    const found = refusal(() => parseIJson(bytes))
    assert.equal(found.code, each['code'], text(each['name']))
    if (each['pointer'] !== undefined) assert.equal(found.pointer, each['pointer'], text(each['name']))
  }
})

test('keys have their thumbprints and encodings, and bad ones are refused', () => {
  for (const each of casesOf('keys')) {
    const found = refusal(() => {
      const key = publicKeyOf(jwk(each['jwk']))
      assert.equal(toHex(key.bytes), each['raw'])
      assert.equal(toHex(keyThumbprint(key, server)), each['kid'])
      assert.equal(toHex(encodeCoseKey(key, server)), each['coseKey'])
      assert.deepEqual(jwkOf(decodeCoseKey(hex(each['coseKey']))), each['jwk'])
    })
    assert.equal(found.code, each['code'] ?? 'none', text(each['name']))
  }
  assert.equal(decodeCoseKeySet(hex(files.keys.set)).length, 2)
})
