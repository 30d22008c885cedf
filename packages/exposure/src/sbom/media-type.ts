import type { SbomMetadata } from './inventory.ts'

/**
 * The media type under which a document of this format is registered (IANA: `application/vnd.cyclonedx+json`;
 * `application/spdx+json` for SPDX 2, `application/spdx3+json` for SPDX 3, which has another data model).
 */
export function sbomMediaType({ format, specVersion }: Pick<SbomMetadata, 'format' | 'specVersion'>): string {
  if (format === 'CycloneDX') return 'application/vnd.cyclonedx+json'
  return specVersion.startsWith('3.') ? 'application/spdx3+json' : 'application/spdx+json'
}
