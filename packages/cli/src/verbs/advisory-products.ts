/** The party's own products in a CSAF document, and which of their versions are affected. */
import { type DraftProduct, ExposureError, formatVers, readVers } from '@comity/exposure'
import { CliError } from '../cli-error.ts'
import { productFrom } from '../names.ts'
import { ifKnown } from '../said-before.ts'
import type { Session } from '../session.ts'

export interface ProductOptions {
  readonly product: readonly string[]
  readonly affected?: string
  readonly remedyVersion?: string
}

/**
 * Affected is what `--affected` says, else everything below `--remedy-version`, else each registered release, else all.
 * Throws CliError `not-found` for a product that is not registered.
 */
export async function ownProducts(
  session: Session,
  { product, affected, remedyVersion }: ProductOptions,
  vendor: string,
): Promise<readonly DraftProduct[]> {
  const client = await session.client()
  const range = affected ?? (remedyVersion === undefined ? undefined : `<${remedyVersion}`)
  const written = range === undefined ? undefined : versFrom(range)
  return Promise.all(
    product.map(async (each): Promise<DraftProduct> => {
      const urn = productFrom(each, session.profile.urn)
      const known = await ifKnown(client.product(urn))
      if (known === undefined) {
        throw new CliError('not-found', `${each} is not registered: register it first with "comity product ${each}"`)
      }
      const versions = written === undefined ? known.releases.map(({ version }) => version) : []
      return {
        under: { category: 'vendor', name: vendor },
        name: known.name,
        ranges: written !== undefined ? [written] : versions.length === 0 ? ['vers:generic/*'] : [],
        versions: [...new Set(versions)],
        fixed: remedyVersion === undefined ? [] : [remedyVersion],
      }
    }),
  )
}

/** `<2.1.1`, `>=1.0|<2.1.1` or a whole range specifier; by which order, where nobody says, the versions tell. */
function versFrom(text: string): string {
  const candidates = text.startsWith('vers:') ? [text] : [`vers:semver/${text}`, `vers:generic/${text}`]
  for (const candidate of candidates) {
    try {
      const range = readVers(candidate)
      const { type, constraints } = range
      const isFit = type === 'semver' ? isSemantic : hasNumber
      if (constraints === '*' || constraints.every(isFit)) return formatVers(range)
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      // Nobody knows the order of generic versions, so nobody can say that these are in disorder.
      if (error.code === 'unsupported-ecosystem' && /^vers:generic\/[!-~]+$/.test(candidate)) return candidate
    }
  }
  throw new CliError('usage', `--affected "${text}" is no version range: "<2.1.1", ">=1.0|<2.1.1" or vers:npm/<2.1.1`)
}

function isSemantic({ version }: { readonly version: string }): boolean {
  return /^\d+\.\d+\.\d+(?:[-+].*)?$/.test(version)
}

/** Words are no version. */
function hasNumber({ version }: { readonly version: string }): boolean {
  return /\d/.test(version)
}
