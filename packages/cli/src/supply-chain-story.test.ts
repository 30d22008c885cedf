/** The commands of docs/supply-chain.md, from a release with its provenance to findings that an audit recomputes. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { envelope, json, provenanceOf, SigstoreWorld } from '../../exposure/src/sigstore/sigstore-world.fixture.ts'
import { corner, type Corner, type Ran } from './cli.fixture.ts'

const page = readFileSync(new URL('../../../docs/supply-chain.md', import.meta.url), 'utf8')
const insecure = '--insecure-no-passphrase'

/** Every command of the page, its words apart. */
const commands = [...page.matchAll(/```sh\n(?<lines>.*?)```/gs)].flatMap(({ groups }) =>
  (groups?.['lines'] ?? '').trim().split('\n').map(wordsOf),
)

function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/"(?<quoted>[^"]*)"|(?<plain>\S+)/g)]
  return words.map(({ groups }) => groups?.['quoted'] ?? groups?.['plain'] ?? '').slice(1)
}

function command(...begin: readonly string[]): readonly string[] {
  return commands.find((words) => begin.every((word) => words.includes(word))) ?? assert.fail(begin.join(' '))
}

function flat({ stdout, stderr }: Ran): string {
  return (stdout + stderr).replaceAll(/\s+/g, ' ')
}

/** The files that the page speaks of. */
function files({ path }: Corner): { readonly world: SigstoreWorld; readonly payload: Uint8Array } {
  const world = new SigstoreWorld()
  const artifact = Buffer.from('what was shipped')
  const sha256 = createHash('sha256').update(artifact).digest('hex')
  const payload = provenanceOf([{ name: 'gateway.tgz', sha256 }])
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { type: 'application', name: 'gateway', hashes: [{ alg: 'SHA-256', content: sha256 }] } },
    components: [{ type: 'library', name: 'a', purl: 'pkg:npm/a@1.0.0' }],
  }
  const list =
    /```json\n(?<text>.*?)```/s.exec(page)?.groups?.['text'] ?? assert.fail('the page has a list of builders')
  for (const [name, content] of [
    ['gateway.tgz', artifact],
    ['gateway.cdx.json', json(sbom)],
    ['gateway.sigstore.json', json(world.bundle(payload))],
    ['gateway.dsse.json', json(envelope(payload, privateKey))],
    ['trusted_root.json', world.trustedRoot()],
    ['builders.json', list],
    ['builder.pem', String(publicKey.export({ type: 'spki', format: 'pem' }))],
  ] as const) {
    writeFileSync(join(path, name), content)
  }
  return { world, payload }
}

async function provider(context: TestContext) {
  const own = corner(context)
  const made = files(own)
  await own.json('init', '--name', 'Keeper', insecure)
  const { url } = await own.serve('serve')
  await own.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  await own.json('support', 'gids', '--as', 'acme')
  return { own, url, ...made }
}

interface Shown {
  readonly build: { readonly level: number }
  readonly gaps: readonly { readonly gap: string }[]
}

interface Supply {
  readonly word: string
  readonly shown: readonly unknown[]
  readonly missing: readonly unknown[]
}

interface Finding {
  readonly supply: readonly Supply[]
  readonly cites: readonly { readonly as: string }[]
}

test('the commands of docs/supply-chain.md do what the page says, and an audit recomputes what came of it', async (context) => {
  const { own, url } = await provider(context)
  assert.equal(commands.length, 10, 'each command of the page is played here')
  await own.json(...command('product'))
  const added = await own.run(...command('release', 'add'))
  assert.equal(added.code, 0, added.stderr)

  const shown = await own.run(...command('release', 'show'))
  assert.match(flat(shown), /SLSA build level 1 .*for level 2: a list of the builders that you trust/)
  assert.match(flat(shown), /No gaps in what is looked at here/)
  for (const line of shown.stdout.split('\n'))
    assert.ok([...line].length <= 80 || line.split(' ').some((word) => word.length > 60), line)
  const listed = await own.json<Shown>(...command('release', 'show', '--builders'))
  assert.deepEqual([listed.build.level, listed.gaps], [3, []])
  const { items } = (await (await fetch(`${url}/api/v1/releases`)).json()) as { items: readonly { urn: string }[] }
  const answer = await fetch(`${url}/api/v1/releases/${encodeURIComponent(items[0]?.urn ?? '')}`)
  const { evidence } = (await answer.json()) as { evidence: Shown & { items: readonly { signature: string }[] } }
  assert.deepEqual([evidence.build.level, evidence.items[0]?.signature, evidence.gaps], [1, 'right', []])

  const bundle = await own.run(...command('verify', 'gateway.sigstore.json'))
  assert.equal(bundle.code, 0, bundle.stdout)
  assert.match(flat(bundle), /RIGHT.*\[right\] gateway\.tgz is its subject.*the SBOM is of gateway\.tgz/)
  const plain = await own.run(...command('verify', 'gateway.dsse.json'))
  assert.equal(plain.code, 0, plain.stdout)
  assert.match(flat(plain), /signed with a key of whoever made builder\.pem.*SLSA build level 1.*it is not on it/)

  const notice = await own.run(...command('supply', 'suspended'))
  assert.equal(notice.code, 0, notice.stderr)
  assert.match(flat(await own.run(...command('supply', 'suspended'))), /Was registered before/)
  const list = flat(await own.run(...command('supply', 'list')))
  assert.match(list, /Supply suspended .*for XB .*export-control: A licence is needed\. — Export Act, section 4/)
  assert.match(list, /does not say how those concerned can go on; where it can be contested/)
  assert.equal((await own.run(...command('supply', 'lifted'))).code, 0)
  assert.match(flat(await own.run(...command('supply', 'list'))), /^Supply lifted/)

  const words = flat(await own.run(...command('findings')))
  assert.match(words, /\+ that provenance bears a signature that holds: 1/)
  const { finding: gids1 } = await own.json<{ finding: Finding }>(...command('findings'))
  assert.deepEqual(
    gids1.supply.map(({ word, shown: ofThat, missing }) => [word, ofThat.length, missing.length]),
    ['sbom', 'artifacts', 'sbom-tied', 'provenance', 'provenance-signed', 'support-end', 'continuity'].map((word) => [
      word,
      1,
      0,
    ]),
  )
  assert.equal(gids1.cites.filter(({ as }) => as === 'notice').length, 1)

  await own.json('findings', '--publish')
  const audited = await own.run('audit', url)
  assert.equal(audited.code, 0, audited.stdout)
})

test('a release without provenance has gaps and no error, and nothing unreadable is published', async (context) => {
  const { own, world, payload } = await provider(context)
  await own.json('product', 'gateway', '--as', 'acme', '--updates', 'download')
  const add = (version: string, ...more: readonly string[]) =>
    own.run('release', 'add', 'gateway.cdx.json', '--as', 'acme', '--product', 'gateway', '--version', version, ...more)
  assert.equal((await add('1.0.0')).code, 0)
  const bare = await own.run('release', 'show', '1.0.0', '--as', 'acme', '--product', 'gateway')
  assert.equal(bare.code, 0)
  assert.match(flat(bare), /SLSA build level 0 .*Gaps .*does not name what was shipped.*it has no provenance/)

  const provenance = ['--artifact', 'gateway.tgz', '--provenance', 'gateway.sigstore.json'] as const
  assert.equal((await add('1.1.0', ...provenance)).code, 0)
  const rootless = await own.json<Shown>('release', 'show', '1.1.0', '--as', 'acme', '--product', 'gateway')
  assert.deepEqual([rootless.build.level, rootless.gaps.map(({ gap }) => gap)], [1, ['provenance-signed']])
  const mine = ['--trusted-root', 'trusted_root.json', '--builders', 'builders.json'] as const
  const relied = await own.json<Shown>('release', 'show', '1.1.0', '--as', 'acme', '--product', 'gateway', ...mine)
  assert.equal(relied.build.level, 3, 'the relier has a trust root of its own')
  // Whoever signed is not said, so anybody's certificate would do: that is a gap as well.
  assert.equal((await add('1.2.0', ...provenance, '--trusted-root', 'trusted_root.json')).code, 0)
  const nobody = await own.json<Shown>('release', 'show', '1.2.0', '--as', 'acme', '--product', 'gateway')
  assert.deepEqual(
    nobody.gaps.map(({ gap }) => gap),
    ['provenance-signed'],
  )

  for (const [content, says] of [
    ['{"payloadType":"application/vnd.in-toto+json"}', /"payload" is a text in base64.*\/payload/],
    ['{"_type":"https://in-toto.io/Statement/v1","_type":""}', /names every member once.*\/_type/],
    ['not json', /is JSON, and this does not parse/],
  ] as const) {
    writeFileSync(join(own.path, 'bad.json'), content)
    const refused = await add('9.0.0', '--provenance', 'bad.json')
    assert.equal(refused.code, 2)
    assert.match(flat(refused), says)
    assert.match(flat(refused), /bad\.json cannot be used/)
  }
  assert.match(flat(await add('9.0.0', '--signer', 'x', '--issuer', 'y')), /are about --provenance/)
  const unknown = await own.run('release', 'show', '9.0.0', '--as', 'acme', '--product', 'gateway')
  assert.deepEqual([unknown.code, /no release 9\.0\.0 of gateway is on record/.test(flat(unknown))], [2, true])

  const another = provenanceOf([{ name: 'gateway.tgz', sha256: 'cd'.repeat(32) }])
  writeFileSync(join(own.path, 'lie.json'), json(world.bundle(another, { signedPayload: payload })))
  const verify = (...more: readonly string[]) =>
    own.run('verify', 'lie.json', '--trusted-root', 'trusted_root.json', ...more)
  const wrong = await verify('--artifact', 'gateway.tgz')
  assert.equal(wrong.code, 1)
  assert.match(flat(wrong), /WRONG: do not rely.*the signature is not that of the certificate/)
  const unsure = await own.run('verify', 'gateway.sigstore.json')
  assert.deepEqual([unsure.code, /INCOMPLETE.*no trust root is at hand/.test(flat(unsure))], [1, true])
  const other = await own.run('verify', 'gateway.sigstore.json', '--trusted-root', 'builders.json')
  assert.deepEqual([other.code, /builders\.json cannot be used/.test(flat(other))], [2, true])
})
