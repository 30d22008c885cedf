/** `comity verify`: is this file what it says, without asking anybody? */
import type { VerifyFileOptions } from '@comity/node'
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
}

export const registerVerify: Register = (program, { run }) => {
  program
    .command('verify <file>')
    .summary('verify a statement, receipt, checkpoint or proof; offline')
    .description(
      'Verifies a file without asking anybody: a statement with its receipts, a receipt, a checkpoint, a proof. Parties that your home has met are known; others you give with --with. It ends with 0 when everything a file can show is right, and with 1 when anything is wrong or could not be checked.',
    )
    .option('--with <file>', 'first statement of a party, or a COSE key set (repeatable)', collect)
    .option('--log-key <key>', 'a log’s verifier key, name+id+key (repeatable)', collect)
    .option('--statement <file>', 'the statement that a receipt or proof is about')
    .option('--trust <file>', 'witnesses you trust, a C2SP tlog-policy file')
    .addHelpText('after', example('comity verify statement.cbor --with keeper.cbor'))
    .action(run(verify))
}

async function verify(session: Session, options: VerifyOptions, file: string): Promise<Result> {
  const { verificationSummary, verifyFile } = await import('@comity/node')
  const given = await knowledge(session, options.with ?? [])
  const verification = verifyFile(await session.input(file), {
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
  return {
    text: verificationSummary(verification).trimEnd(),
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
