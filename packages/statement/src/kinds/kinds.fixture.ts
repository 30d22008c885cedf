/** What kinds are tested with: their examples, changed in one member. */
import assert from 'node:assert/strict'
import { readPayload } from '../read-payload.ts'
import { signStatement } from '../sign-statement.ts'
import { port, signer } from '../signers.fixture.ts'
import { decodeStatement } from '../statement.ts'
import { StatementError } from '../statement-error.ts'
import { PARTY_A } from './examples.ts'
import type { Kind } from './kind.ts'
import { coreRegistry } from './registry.ts'

const by = signer(1)
/** When every statement of these tests was made. */
export const AT = 1_795_219_200

/** The payload of a statement that was signed and decoded. */
export function read(kind: string, sub: string, payload: object | Uint8Array, iss = PARTY_A): unknown {
  return readPayload(decodeStatement(signStatement({ kind, iss, sub, iat: AT, payload, signer: by }), port))
}

export function exampleOf(name: string): { kind: Kind; sub: string; payload: Record<string, unknown> } {
  const kind = coreRegistry.get(name) ?? assert.fail(name)
  // examples are typed by their schemas, which are all objects
  return { kind, sub: kind.example.sub, payload: kind.example.payload as Record<string, unknown> }
}

/** Pointer of the violation when one example is changed. */
export function violation(name: string, change: Record<string, unknown>): string | undefined {
  const { sub, payload } = exampleOf(name)
  const changed = Object.fromEntries(
    Object.entries({ ...payload, ...change }).filter(([, value]) => value !== undefined),
  )
  try {
    read(name, sub, changed)
  } catch (error) {
    assert.ok(error instanceof StatementError)
    assert.equal(error.code, 'schema-violation')
    return error.pointer
  }
  return undefined
}
