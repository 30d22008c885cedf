/** The texts, adherence and findings as OSCAL 1.2. What stands inside a document is the standard's to say. */
import { type Static, Type } from 'typebox'
import { closed } from './fields.ts'

/** One OSCAL document: its root is its only member. */
function document<Root extends string>(root: Root, description: string) {
  const inner = Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    description: `${description}, as the JSON schema of OSCAL 1.2 has it`,
  })
  // Safe: an object with the one member that it was given.
  return closed({ [root]: inner } as Readonly<Record<Root, typeof inner>>)
}

export const oscalInstrumentParams = closed({
  id: Type.String({ maxLength: 32, description: 'such as `code`, or `code-2015` for a later version' }),
})

export const oscalCatalogResponse = document('catalog', 'a catalog')
export type OscalCatalogResponse = Static<typeof oscalCatalogResponse>

export const oscalMappingResponse = document('mapping-collection', 'a mapping collection')
export type OscalMappingResponse = Static<typeof oscalMappingResponse>

export const oscalProfileResponse = document('profile', 'a profile')
export type OscalProfileResponse = Static<typeof oscalProfileResponse>

export const oscalPlanResponse = document('assessment-plan', 'an assessment plan')
export type OscalPlanResponse = Static<typeof oscalPlanResponse>

export const oscalResultsResponse = document('assessment-results', 'assessment results')
export type OscalResultsResponse = Static<typeof oscalResultsResponse>
