/** Provenance as documents of a release: read before it is filed, so that nothing unreadable is published. */
import { type ProvenanceFile, readProvenance } from '@comity/exposure'
import { parseTrustedRoot } from '@comity/exposure/sigstore'
import type { ReleasePayload } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { type Attachment, attachment } from '../filing.ts'
import type { Session } from '../session.ts'
import { parsed } from './given-evidence.ts'

export interface ProvenanceOptions {
  readonly provenance?: readonly string[]
  readonly trustedRoot?: string
  readonly signer?: string
  readonly issuer?: string
}

export interface ProvenanceDocuments {
  /** For the payload; empty where nothing was given. */
  readonly provenance: NonNullable<ReleasePayload['provenance']>
  readonly attachments: readonly Attachment[]
}

/**
 * Reads the files of `--provenance` and `--trusted-root`. Throws CliError `bad-input` for a file in which something
 * cannot be read, and `usage` where the options do not go together.
 */
export async function provenanceDocuments(session: Session, options: ProvenanceOptions): Promise<ProvenanceDocuments> {
  const { provenance: files = [], trustedRoot, signer, issuer } = options
  if ((signer === undefined) !== (issuer === undefined))
    throw new CliError('usage', '--signer and --issuer go together')
  if (files.length === 0) {
    if (trustedRoot === undefined && signer === undefined) return { provenance: [], attachments: [] }
    throw new CliError('usage', '--trusted-root, --signer and --issuer are about --provenance: give that as well')
  }
  const roots = trustedRoot === undefined ? [] : [await rootDocument(session, trustedRoot)]
  const documents: Attachment[] = []
  const provenance: ProvenanceDocuments['provenance'] = []
  for (const file of files) {
    const read = await parsed(session, file, readProvenance)
    const [broken] = read.refused
    if (broken !== undefined) {
      const { code, pointer, message } = broken.refused
      throw new CliError('bad-input', `${file}, ${broken.where}: ${message}`, { inner: code, pointer })
    }
    const document = attachment(Uint8Array.from(await session.input(file)), typeOf(read))
    const [root] = read.items.some(({ form }) => form === 'bundle') ? roots : []
    documents.push(document)
    provenance.push({
      document: document.digest,
      ...(root !== undefined && { trustedRoot: root.digest }),
      ...(root !== undefined &&
        signer !== undefined &&
        issuer !== undefined && { signer: { issuer, subject: signer } }),
    })
  }
  const hasUsedRoot = provenance.some((each) => each.trustedRoot !== undefined)
  if (roots.length > 0 && !hasUsedRoot) {
    throw new CliError('usage', '--trusted-root is for sigstore bundles, and none of these files has one')
  }
  return { provenance, attachments: [...documents, ...roots] }
}

async function rootDocument(session: Session, file: string): Promise<Attachment> {
  await parsed(session, file, parseTrustedRoot)
  return attachment(Uint8Array.from(await session.input(file)), 'application/vnd.dev.sigstore.trustedroot+json')
}

function typeOf({ items }: ProvenanceFile): string {
  const [only, second] = items
  if (only === undefined || second !== undefined || only.where !== '') return 'application/json'
  if (only.form === 'bundle') return 'application/vnd.dev.sigstore.bundle+json'
  return only.form === 'envelope' ? 'application/vnd.dsse.envelope.v1+json' : 'application/vnd.in-toto+json'
}
