import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { keyOfJwk } from '@comity/exposure/sigstore'
import {
  type BundleLies,
  envelope,
  issuer,
  json,
  provenanceOf,
  SigstoreWorld,
  workflow,
} from '../../../exposure/src/sigstore/sigstore-world.fixture.ts'
import { evidenceOfRelease, type ReleasedBuild } from './release-evidence.ts'
import { releaseGaps } from './release-gaps.ts'
import { releaseShows } from './release-shows.ts'

const world = new SigstoreWorld()
const shipped = Buffer.from('what was shipped')
const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const
const payload = provenanceOf([{ name: 'a.tgz', sha256: digestOf(shipped).slice(7) }])
const sbom = json({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { component: { name: 'a', hashes: [{ alg: 'SHA-256', content: digestOf(shipped).slice(7) }] } },
})
const signer = { issuer, subject: workflow }
const root = world.trustedRoot()
const key = generateKeyPairSync('ed25519')
const keys = [keyOfJwk(key.publicKey.export({ format: 'jwk' }), 'urn:comity:party:acme')]

/** A release of the file with these provenance documents, and what it shows. */
function look(
  documents: readonly Uint8Array[],
  named: { readonly trustedRoot?: Uint8Array; readonly signer?: typeof signer } = {},
  without: readonly Uint8Array[] = [],
) {
  const all = [sbom, ...documents, ...(named.trustedRoot === undefined ? [] : [named.trustedRoot])]
  const kept = new Map(all.filter((each) => !without.includes(each)).map((each) => [digestOf(each) as string, each]))
  const build: ReleasedBuild = {
    sbom: digestOf(sbom),
    artifacts: [{ name: 'a.tgz', digest: digestOf(shipped) }],
    provenance: documents.map((each) => ({
      document: digestOf(each),
      ...(named.trustedRoot !== undefined && { trustedRoot: digestOf(named.trustedRoot) }),
      ...(named.signer !== undefined && { signer: named.signer }),
    })),
  }
  const read = (digest: string, limit: number) => {
    const bytes = kept.get(digest)
    return bytes === undefined || bytes.length > limit ? undefined : bytes
  }
  const found = evidenceOfRelease(build, { read, keys })
  return { shows: releaseShows(found), gaps: releaseGaps(build, found).map(({ gap }) => gap), found }
}

const bundle = (lies?: BundleLies) => json(world.bundle(payload, lies))
const all = ['artifacts', 'sbom-tied', 'provenance', 'provenance-signed']

test('a bundle counts under the trust root and the signer that the release names, an envelope under a key of the party', () => {
  assert.deepEqual(look([bundle()], { trustedRoot: root, signer }).shows, all)
  assert.deepEqual(look([json(envelope(payload, key.privateKey))]).shows, all)
  assert.deepEqual(look([bundle()], { trustedRoot: root, signer }).gaps, [])
})

test('what does not count as a signature leaves provenance, and what is a lie leaves nothing', () => {
  const unsigned = ['artifacts', 'sbom-tied', 'provenance']
  assert.deepEqual(look([payload]).shows, unsigned)
  assert.deepEqual(look([json(envelope(payload, generateKeyPairSync('ed25519').privateKey))]).shows, unsigned)
  assert.deepEqual(look([bundle()]).shows, unsigned, 'no trust root is named')
  assert.deepEqual(look([bundle()], { trustedRoot: root }).shows, unsigned, 'anybody’s signature would do')
  assert.deepEqual(look([bundle()], { trustedRoot: sbom, signer }).shows, unsigned, 'that is no trust root')
  assert.deepEqual(look([bundle()], { trustedRoot: root, signer }, [root]).shows, unsigned, 'it is withheld')
  const lies = ['artifacts', 'sbom-tied']
  assert.deepEqual(
    look([bundle({ subject: 'https://git.builder.invalid/mallory' })], { trustedRoot: root, signer }).shows,
    lies,
  )
  assert.deepEqual(look([json(new SigstoreWorld().bundle(payload))], { trustedRoot: root, signer }).shows, lies)
  assert.deepEqual(look([]).gaps, ['provenance'])
})

test('documents that are not here, not readable or about something else are gaps with a reason', () => {
  const other = provenanceOf([{ name: 'a.tgz', sha256: '00'.repeat(32) }])
  assert.deepEqual(look([other]).gaps, ['contradicted', 'provenance'])
  assert.deepEqual(look([payload], {}, [payload]).gaps, ['unread', 'provenance'])
  const broken = look([Buffer.from('{"_type":1}'), payload])
  assert.deepEqual(broken.gaps, ['unread', 'provenance-signed'])
  assert.equal(broken.found.unread[0]?.code, 'not-provenance')
  assert.deepEqual(look([payload], {}, [sbom]).gaps, ['provenance-signed', 'sbom-tied'])
})

test('undetermined-is-never-yes: one signed item does not sign another', () => {
  const signed = json(envelope(provenanceOf([{ name: 'b', sha256: '00'.repeat(32) }]), key.privateKey))
  assert.deepEqual(look([payload, signed]).shows, ['artifacts', 'sbom-tied', 'provenance'])
})
