import { type OscalMetadata, type OscalParty, oscalVersion } from './model.ts'
import { uuidOf } from './uuid.ts'

/**
 * The edition of what this project says about the texts. It goes up, with its day, whenever a summary, a citation, the
 * crosswalk or the layout of the export changes: a test holds it against the digest of the exported documents.
 */
export const edition = { version: '1', modified: '2026-11-22T00:00:00Z' } as const

/** Whoever wrote what the export says in its own words. */
export const project: OscalParty = {
  uuid: uuidOf('urn:comity:project'),
  type: 'organization',
  name: 'Comity project',
}

/** Metadata of a document that follows from this project's data alone. */
export function editionMetadata(title: string, remarks: string): OscalMetadata {
  return {
    title,
    published: edition.modified,
    'last-modified': edition.modified,
    version: edition.version,
    'oscal-version': oscalVersion,
    roles: [{ id: 'creator', title: 'Creator' }],
    parties: [project],
    'responsible-parties': [{ 'role-id': 'creator', 'party-uuids': [project.uuid] }],
    remarks,
  }
}
