import { type Static, Type } from 'typebox'
import { parseReleaseUrn } from '../identifiers.ts'
import { DIGEST, PRODUCT } from './examples.ts'
import { closed, date, digest, document, list, purl, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { ownRelease } from './subjects.ts'

export const releasePayload = closed({
  version: text(128),
  purls: Type.Optional(list(purl, 64)),
  released: date,
  sbom: { ...digest, description: 'digest of the software bill of materials, which is one of `documents`' },
  artifacts: Type.Optional(list(closed({ name: text(255), digest }), 128)),
  documents: Type.Array(document, { minItems: 1, maxItems: 64 }),
})

/** Payload of a `release`. */
export type ReleasePayload = Static<typeof releasePayload>

export const releaseKind = defineKind({
  name: 'release',
  title: 'Release',
  purpose:
    'Registers one version of a product with its software bill of materials, and the digests of what was shipped.',
  schema: releasePayload,
  sub: ownRelease,
  check: ({ version, sbom, documents }, { sub }) => {
    if (parseReleaseUrn(sub)?.version !== version) {
      return { pointer: '/version', message: `is not the version in sub, ${sub}` }
    }
    return documents.some((each) => each.digest === sbom)
      ? undefined
      : { pointer: '/sbom', message: 'is not among documents; list it there with size and type' }
  },
  example: {
    sub: `${PRODUCT}@2.1.0`,
    payload: {
      version: '2.1.0',
      purls: ['pkg:npm/%40north/gateway@2.1.0'],
      released: '2026-11-20T12:00:00Z',
      sbom: DIGEST,
      documents: [{ digest: DIGEST, size: 48_213, type: 'application/vnd.cyclonedx+json' }],
    },
  },
})
