/**
 * The parts of OSCAL that exports are made of: those members that this project writes, named as in the standard's JSON
 * form. An array that would be empty is left out: the standard has none without members.
 */

/** The release of OSCAL that the exports are written against. */
export const oscalVersion = '1.2.1'

/** Names of properties and parts that OSCAL does not define stand in this namespace. */
export const oscalNamespace = 'urn:comity:oscal'

export interface OscalProperty {
  readonly name: string
  readonly ns?: string
  readonly value: string
  readonly class?: string
  readonly group?: string
  readonly remarks?: string
}

export interface OscalLink {
  readonly href: string
  readonly rel?: string
  readonly text?: string
}

export interface OscalPart {
  readonly id?: string
  readonly name: string
  readonly ns?: string
  readonly class?: string
  readonly title?: string
  readonly props?: readonly OscalProperty[]
  readonly prose?: string
  readonly parts?: readonly OscalPart[]
  readonly links?: readonly OscalLink[]
}

export interface OscalParty {
  readonly uuid: string
  readonly type: 'person' | 'organization'
  readonly name: string
  readonly 'external-ids'?: readonly { readonly scheme: string; readonly id: string }[]
  readonly props?: readonly OscalProperty[]
}

export interface OscalResponsibleParty {
  readonly 'role-id': string
  readonly 'party-uuids': readonly string[]
}

export interface OscalMetadata {
  readonly title: string
  readonly published?: string
  readonly 'last-modified': string
  readonly version: string
  readonly 'oscal-version': string
  readonly props?: readonly OscalProperty[]
  readonly links?: readonly OscalLink[]
  readonly roles?: readonly { readonly id: string; readonly title: string }[]
  readonly parties?: readonly OscalParty[]
  readonly 'responsible-parties'?: readonly OscalResponsibleParty[]
  readonly remarks?: string
}

export interface OscalResource {
  readonly uuid: string
  readonly title: string
  readonly description?: string
  readonly props?: readonly OscalProperty[]
  readonly 'document-ids'?: readonly { readonly scheme?: string; readonly identifier: string }[]
  readonly citation?: { readonly text: string }
  readonly rlinks?: readonly { readonly href: string; readonly 'media-type'?: string }[]
}

export interface OscalBackMatter {
  readonly resources: readonly OscalResource[]
}

/** A property of this project's own. */
export function ownProperty(
  name: string,
  value: string,
  more: Pick<OscalProperty, 'class' | 'group'> = {},
): OscalProperty {
  return { name, ns: oscalNamespace, value, ...more }
}

/** A link to a resource in the back matter of the same document. */
export function toResource(uuid: string, text?: string): OscalLink {
  return { href: `#${uuid}`, rel: 'reference', ...(text === undefined ? {} : { text }) }
}

/** A time as OSCAL writes it, from seconds since the epoch. */
export function oscalTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}
