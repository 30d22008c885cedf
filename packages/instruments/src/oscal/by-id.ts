import { instruments } from '../instrument.ts'
import { laterVersions } from '../later-versions.ts'
import { besideEachOther, type OscalAddresses } from './addresses.ts'
import { oscalCatalog, type OscalCatalog, oscalNormsCatalog } from './catalog.ts'
import { laterId, oscalLaterCatalog, oscalLaterMapping } from './later.ts'
import { oscalMapping } from './mapping.ts'
import type { OscalMappingCollection } from './mapping-model.ts'

/** What has a mapping: every instrument, and every later version of one. */
export const mappingIds: readonly string[] = [...instruments.map(({ id }) => id), ...laterVersions.map(laterId)]

/** What has a catalog: all that, and the norms. */
export const catalogIds: readonly string[] = [...mappingIds, 'norms']

/** The catalog of an instrument, a later version or the norms; undefined for anything else. */
export function oscalCatalogOf(id: string): OscalCatalog | undefined {
  if (id === 'norms') return oscalNormsCatalog()
  const instrument = instruments.find((each) => each.id === id)
  if (instrument !== undefined) return oscalCatalog(instrument)
  const later = laterVersions.find((each) => laterId(each) === id)
  return later === undefined ? undefined : oscalLaterCatalog(later)
}

/** The mapping of an instrument to the norms, or of a later version to its instrument; undefined for anything else. */
export function oscalMappingOf(
  id: string,
  addresses: OscalAddresses = besideEachOther,
): OscalMappingCollection | undefined {
  const instrument = instruments.find((each) => each.id === id)
  if (instrument !== undefined) return oscalMapping(instrument, addresses)
  const later = laterVersions.find((each) => laterId(each) === id)
  const earlier = instruments.find((each) => each.id === later?.instrument)
  return later === undefined || earlier === undefined ? undefined : oscalLaterMapping(later, earlier, addresses)
}
