import { ProcedureError } from '../../procedure-error.ts'
import { ngCybercrimes } from './africa.ts'
import { cnProducts, inCertIn } from './asia-pacific.ts'
import { ruCritical } from './eastern-europe.ts'
import { euCra } from './eu-cra.ts'
import { generic } from './generic.ts'
import { clFramework } from './latin-america.ts'
import type { ClockProfile, Duty } from './profile.ts'
import { auCritical, euDevices, usDevices } from './western-europe-and-others.ts'

/** Every law whose clocks are known here, by its id. Which of them bind is for each party to say, of each product. */
export const clockProfiles: readonly ClockProfile[] = [
  auCritical,
  clFramework,
  cnProducts,
  euCra,
  euDevices,
  generic,
  inCertIn,
  ngCybercrimes,
  ruCritical,
  usDevices,
]

/** The profile of a law. Throws ProcedureError `unknown-profile`. */
export function profileOf(id: string): ClockProfile {
  const found = clockProfiles.find((profile) => profile.id === id)
  if (found !== undefined) return found
  const known = clockProfiles.map((profile) => profile.id).join(', ')
  throw new ProcedureError('unknown-profile', `"${id.slice(0, 80)}" is no clock profile: ${known}`)
}

/** One report that a law demands. Throws ProcedureError `unknown-profile`. */
export function dutyOf(profile: ClockProfile, name: string): Duty {
  const found = profile.duties.find((duty) => duty.name === name)
  if (found !== undefined) return found
  const known = profile.duties.map((duty) => duty.name).join(', ')
  throw new ProcedureError('unknown-profile', `${profile.id} demands no report "${name.slice(0, 80)}": ${known}`)
}
