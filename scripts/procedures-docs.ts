/** Writes `docs/procedures/NAME.md` for each procedure, from its definition. */
import { pageOf, procedures } from '@comity/procedures'

/** By path. A page shows the newest version. */
export const procedurePages: Readonly<Record<string, () => string>> = Object.fromEntries(
  procedures
    .toSorted((one, other) => one.version - other.version)
    .map((procedure) => [`docs/procedures/${procedure.name}.md`, () => pageOf(procedure)]),
)
