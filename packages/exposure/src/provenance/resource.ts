import type { Fields } from '../json/fields.ts'
import { type DigestSet, readDigests } from './digest-set.ts'

/** Something known by digest: a subject, a dependency, a byproduct (in-toto ResourceDescriptor). */
export interface Resource {
  readonly name?: string
  readonly uri?: string
  readonly digests?: DigestSet
}

/** Reads a resource descriptor; `digest` may be missing. */
export function resourceOf(fields: Fields): Resource {
  const name = fields.text('name')
  const uri = fields.text('uri')
  const digests = readDigests(fields, 'digest')
  return {
    ...(name !== undefined && { name }),
    ...(uri !== undefined && { uri }),
    ...(digests !== undefined && { digests }),
  }
}
