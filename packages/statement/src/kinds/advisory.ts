import { type Static, Type } from 'typebox'
import { parseAdvisoryUrn } from '../identifiers.ts'
import { DIGEST, PRODUCT } from './examples.ts'
import { closed, date, digest, document, list, oneOf, product, secondsOf, statementId, text, url } from './fields.ts'
import { defineKind } from './kind.ts'
import { ownAdvisory } from './subjects.ts'

export const advisoryPayload = closed({
  id: text(128, "the publisher's own identifier"),
  products: Type.Array(product, { minItems: 1, maxItems: 64 }),
  title: text(500),
  severity: Type.Optional(
    closed({
      vector: Type.String({ pattern: '^(?:CVSS:[34]\\.[01]/)?[A-Za-z0-9:/.]+$', minLength: 1, maxLength: 512 }),
    }),
  ),
  published: date,
  modified: date,
  aliases: Type.Optional(list(text(128), 64, 'identifiers others use, such as CVE numbers')),
  remedy: Type.Optional(
    closed({
      kind: oneOf(['update', 'mitigation', 'workaround', 'none-planned']),
      version: Type.Optional(text(128, 'first version that is not affected')),
      url: Type.Optional(url),
    }),
  ),
  withdrawn: Type.Optional(date),
  revises: Type.Optional({ ...statementId, description: 'id of the advisory statement this one replaces' }),
  document: { ...digest, description: 'digest of the advisory itself (CSAF or OSV), which is one of `documents`' },
  documents: Type.Array(document, { minItems: 1, maxItems: 64 }),
})

/** Payload of an `advisory`. */
export type AdvisoryPayload = Static<typeof advisoryPayload>

export const advisoryKind = defineKind({
  name: 'advisory',
  title: 'Security advisory',
  purpose:
    'Tells everybody at once of a vulnerability in a product and of its remedy. The advisory document is what nodes match against their inventories at home; this statement proves when it was published.',
  schema: advisoryPayload,
  sub: ownAdvisory,
  check: ({ id, published, modified, document: main, documents }, { sub }) => {
    if (parseAdvisoryUrn(sub)?.id !== id) return { pointer: '/id', message: `is not the identifier in sub, ${sub}` }
    if (secondsOf(modified) < secondsOf(published)) return { pointer: '/modified', message: 'lies before published' }
    return documents.some((each) => each.digest === main)
      ? undefined
      : { pointer: '/document', message: 'is not among documents; list it there with size and type' }
  },
  example: {
    sub: `urn:comity:advisory:${'a1'.repeat(32)}:NORTH-2026-001`,
    payload: {
      id: 'NORTH-2026-001',
      products: [PRODUCT],
      title: 'Requests with two length headers pass the filter',
      severity: { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' },
      published: '2026-11-20T12:00:00Z',
      modified: '2026-11-20T12:00:00Z',
      remedy: { kind: 'update', version: '2.1.1' },
      document: DIGEST,
      documents: [{ digest: DIGEST, size: 2914, type: 'application/json' }],
    },
  },
})
