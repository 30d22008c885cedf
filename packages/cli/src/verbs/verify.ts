/** `comity verify`: is this file what it says, without asking anybody? */
import { looksLikeProvenance } from '@comity/exposure'
import type { FileVerification, VerifyFileOptions } from '@comity/node'
import { decodeCoseKeySet, type PublicKey, StatementError } from '@comity/statement'
import { basename } from 'node:path'
import { CliError, exitCodes } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'

interface VerifyOptions {
  readonly with?: readonly string[]
  readonly logKey?: readonly string[]
  readonly statement?: string
  readonly trust?: string
  readonly trustedRoot?: string
  readonly publicKey?: readonly string[]
  readonly signer?: string
  readonly issuer?: string
  readonly builders?: string
  readonly artifact?: readonly string[]
  readonly sbom?: string
}

export const registerVerify: Register = (program, { run }) => {
  program
    .command('verify <file>')
    .summary('verify a statement, receipt, proof or provenance; offline')
    .description(
      'Verifies a file without asking anybody: a statement with its receipts, a receipt, a checkpoint, a proof; or the provenance of a build, as DSSE envelope or sigstore bundle. Parties that your home has met are known; others you give with --with. It ends with 0 when everything a file can show is right, and with 1 when anything is wrong or could not be checked.',
    )
    .option('--with <file>', 'first statement of a party, or a COSE key set (repeatable)', collect)
    .option('--log-key <key>', 'a log’s verifier key, name+id+key (repeatable)', collect)
    .option('--statement <file>', 'the statement that a receipt or proof is about')
    .option('--trust <file>', 'witnesses you trust, a C2SP tlog-policy file')
    .option('--trusted-root <file>', 'the sigstore trust root that you rely on; none is fetched')
    .option('--public-key <file>', 'key of whoever signed a plain envelope, PEM (repeatable)', collect)
    .option('--signer <name>', 'who should have signed, as the certificate names it; with --issuer')
    .option('--issuer <url>', 'who should have vouched for the signer')
    .option('--builders <file>', 'whom you trust to have built, and up to which SLSA level')
    .option('--artifact <file>', 'what the provenance should be about (repeatable)', collect)
    .option('--sbom <file>', 'the SBOM that should hang together with it')
    .addHelpText(
      'after',
      example(
        'comity verify statement.cbor --with keeper.cbor',
        'comity verify gateway.sigstore.json --trusted-root root.json',
      ),
    )
    .action(run(verify))
}

async function verify(session: Session, options: VerifyOptions, file: string): Promise<Result> {
  const bytes = await session.input(file)
  if (looksLikeProvenance(bytes)) return verifyBuild(session, options, bytes)
  const { verificationSummary, verifyFile } = await import('@comity/node')
  const given = await knowledge(session, options.with ?? [])
  const verification = verifyFile(bytes, {
    ...given,
    ...(options.logKey === undefined ? {} : { logKeys: options.logKey }),
    ...(options.statement === undefined ? {} : { subject: await session.input(options.statement, 'the statement') }),
    ...(options.trust === undefined
      ? {}
      : { trust: Buffer.from(await session.input(options.trust, 'the trust policy')).toString('utf8') }),
  })
  if (verification.kind === 'unknown') {
    const [step] = verification.steps
    throw new CliError('bad-input', `${file} is ${step?.says ?? 'nothing that can be verified'}`)
  }
  return resultOf(verification, verificationSummary(verification))
}

/** Provenance: under the trust root, keys and list of builders that are given, and nothing else. */
async function verifyBuild(session: Session, options: VerifyOptions, bytes: Uint8Array): Promise<Result> {
  const { signingKeysAtHand, verificationSummary, verifyProvenance } = await import('@comity/node')
  const { givenKeys, knownFile, knownSbom, relied } = await import('../evidence/given-evidence.ts')
  const { signer: subject, issuer, sbom, artifact = [], publicKey = [] } = options
  if ((subject === undefined) !== (issuer === undefined)) {
    throw new CliError('usage', '--signer and --issuer go together')
  }
  const known = signingKeysAtHand(await knowledge(session, options.with ?? []))
  const verification = verifyProvenance(bytes, {
    ...(await relied(session, options)),
    keys: [...(await givenKeys(session, publicKey)), ...known],
    ...(subject !== undefined && issuer !== undefined && { expected: { subject, issuer } }),
    artifacts: await Promise.all(artifact.map((each) => knownFile(session, each))),
    ...(sbom !== undefined && { sbom: await knownSbom(session, sbom) }),
  })
  return resultOf(verification, verificationSummary(verification))
}

function resultOf(verification: FileVerification, text: string): Result {
  return {
    text: text.trimEnd(),
    json: verification,
    exitCode: verification.verdict === 'right' ? exitCodes.ok : exitCodes.negative,
  }
}

/** What there is to verify with: the parties that this home has met, and the files given. */
async function knowledge(
  session: Session,
  files: readonly string[],
): Promise<Pick<VerifyFileOptions, 'parties' | 'keys'>> {
  const parties: Uint8Array[] = [...session.home.foundingStatements()]
  const keys: { key: PublicKey; owner: string }[] = []
  for (const file of files) {
    const bytes = await session.input(file)
    const set = keySet(bytes)
    if (set === undefined) parties.push(bytes)
    else keys.push(...set.map((key) => ({ key, owner: `whoever made ${basename(file)}` })))
  }
  return { parties, keys }
}

/** The keys of a COSE Key Set, as a node serves it at /.well-known/scitt-keys; undefined for anything else. */
function keySet(bytes: Uint8Array): readonly PublicKey[] | undefined {
  try {
    return decodeCoseKeySet(bytes)
  } catch (error) {
    if (error instanceof StatementError) return undefined
    throw error
  }
}
