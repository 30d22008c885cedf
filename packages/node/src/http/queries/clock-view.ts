import type { CaseClock } from '@comity/contract'
import { type ClockView, type Procedure, deadlineOf } from '@comity/procedures'

/** A clock of a case as it is answered, public or private. */
export function clockView(procedure: Procedure, clock: ClockView): CaseClock {
  const {
    name,
    title,
    binds,
    standing,
    length,
    startedAt,
    endsAt,
    agreedAt,
    stoppedAt,
    deadline,
    source,
    lapse,
    usual,
  } = clock
  return {
    name,
    title,
    binds,
    standing,
    length,
    startedAt,
    endsAt,
    ...(agreedAt === undefined ? {} : { agreedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    deadlineAt: deadlineOf(clock),
    deadline,
    source,
    lapse,
    opens: [...(procedure.clocks[name]?.opens ?? [])],
    ...(usual === undefined ? {} : { usual: { ...usual } }),
  }
}
