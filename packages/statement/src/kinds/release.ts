import { type Static, Type } from 'typebox'
import { parseReleaseUrn } from '../identifiers.ts'
import { DIGEST, PRODUCT, ROOT } from './examples.ts'
import { closed, date, digest, document, firstRepeated, list, purl, text } from './fields.ts'
import { defineKind } from './kind.ts'
import { ownRelease } from './subjects.ts'

const sha512 = Type.String({
  pattern: '^[0-9a-f]{128}$',
  description: 'SHA-512, 128 hexadecimal digits: registries of packages name files by it',
})

/** Who signs its builds, as a certificate of sigstore names it. */
const signer = closed({
  issuer: text(2048, 'who told the certificate authority who that is'),
  subject: text(2048, 'the name in the certificate'),
})

const provenance = closed({
  document: {
    ...digest,
    description: 'digest of in-toto statements in DSSE envelopes or sigstore bundles, which is one of `documents`',
  },
  trustedRoot: Type.Optional({
    ...digest,
    description:
      'digest of the sigstore trust root that it is to be verified with, which is one of `documents`; absent where a key of the party signed',
  }),
  signer: Type.Optional({ ...signer, description: 'whose signature it bears under that trust root' }),
})

export const releasePayload = closed({
  version: text(128),
  purls: Type.Optional(list(purl, 64)),
  released: date,
  sbom: { ...digest, description: 'digest of the software bill of materials, which is one of `documents`' },
  artifacts: Type.Optional(list(closed({ name: text(255), digest, sha512: Type.Optional(sha512) }), 128)),
  provenance: Type.Optional(list(provenance, 16, 'how the artifacts were built, and by whom')),
  documents: Type.Array(document, { minItems: 1, maxItems: 64 }),
})

/** Payload of a `release`. */
export type ReleasePayload = Static<typeof releasePayload>

const PROVENANCE = `sha256:${'be'.repeat(32)}`

export const releaseKind = defineKind({
  name: 'release',
  title: 'Release',
  purpose:
    'Registers one version of a product with its software bill of materials, the digests of what was shipped, and the provenance of the builds. Missing provenance is a gap in the record, never an error.',
  schema: releasePayload,
  sub: ownRelease,
  check: ({ version, sbom, provenance: builds = [], documents }, { sub }) => {
    if (parseReleaseUrn(sub)?.version !== version) {
      return { pointer: '/version', message: `is not the version in sub, ${sub}` }
    }
    const missing = 'is not among documents; list it there with size and type'
    const known = new Set(documents.map((each) => each.digest))
    if (!known.has(sbom)) return { pointer: '/sbom', message: missing }
    for (const [i, build] of builds.entries()) {
      if (!known.has(build.document)) return { pointer: `/provenance/${i}/document`, message: missing }
      const { trustedRoot } = build
      if (trustedRoot !== undefined && !known.has(trustedRoot)) {
        return { pointer: `/provenance/${i}/trustedRoot`, message: missing }
      }
    }
    const repeated = firstRepeated(builds.map((each) => each.document))
    return repeated < 0
      ? undefined
      : { pointer: `/provenance/${repeated}`, message: 'this document stands above already' }
  },
  example: {
    sub: `${PRODUCT}@2.1.0`,
    payload: {
      version: '2.1.0',
      purls: ['pkg:npm/%40north/gateway@2.1.0'],
      released: '2026-11-20T12:00:00Z',
      sbom: DIGEST,
      artifacts: [{ name: 'gateway-2.1.0.tgz', digest: ROOT }],
      provenance: [{ document: PROVENANCE }],
      documents: [
        { digest: DIGEST, size: 48_213, type: 'application/vnd.cyclonedx+json' },
        { digest: PROVENANCE, size: 9_120, type: 'application/vnd.dsse.envelope.v1+json' },
      ],
    },
  },
})
