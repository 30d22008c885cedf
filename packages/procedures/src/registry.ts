import { requireSound } from './check-definition.ts'
import { type Procedure, versionName } from './definition.ts'
import { ProcedureError } from './procedure-error.ts'
import { adherence } from './procedures/adherence.ts'
import { advisory } from './procedures/advisory.ts'
import { agreement } from './procedures/agreement.ts'
import { capacity } from './procedures/capacity.ts'
import { decision } from './procedures/decision.ts'
import { disclosure } from './procedures/disclosure.ts'
import { dispute } from './procedures/dispute.ts'
import { exercise } from './procedures/exercise.ts'
import { restriction } from './procedures/restriction.ts'

/** Every version of every procedure: a case keeps the one that it was opened with. */
export const procedures: readonly Procedure[] = [
  adherence,
  advisory,
  agreement,
  capacity,
  decision,
  disclosure,
  dispute,
  exercise,
  restriction,
]

// Looked at before anything is played: an unsound definition must not strand the first case that is opened under it.
for (const each of procedures) requireSound(each)

const byVersion = new Map(procedures.map((procedure) => [versionName(procedure), procedure]))

/** The procedure of a version's name, such as `dispute/1`. Throws ProcedureError `unknown-procedure`. */
export function procedureOf(version: string): Procedure {
  const found = byVersion.get(version)
  if (found !== undefined) return found
  const known = [...byVersion.keys()].join(', ')
  throw new ProcedureError('unknown-procedure', `"${version.slice(0, 80)}" is no procedure: ${known}`)
}

/** The newest version of a procedure by its name. Throws ProcedureError `unknown-procedure`. */
export function newestOf(name: string): Procedure {
  const versions = procedures.filter((procedure) => procedure.name === name)
  const newest = versions.toSorted((one, other) => other.version - one.version)[0]
  if (newest !== undefined) return newest
  const known = [...new Set(procedures.map((procedure) => procedure.name))].join(', ')
  throw new ProcedureError('unknown-procedure', `"${name.slice(0, 80)}" is no procedure: ${known}`)
}
