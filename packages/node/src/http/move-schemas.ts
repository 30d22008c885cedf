/** What moves say, for the OpenAPI document: made from the definitions of procedures, one schema for each move. */
import { newestOf, procedures, versionName } from '@comity/procedures'
import { procedureView } from './queries/procedures.ts'

/**
 * JSON Schemas of the bodies of all moves, by the name under which the document has them: `move.dispute.notify`, and
 * `move.dispute.1.notify` of a version that is not the newest any more; `move.reply` of those that every procedure has.
 */
export function moveSchemas(): Readonly<Record<string, object>> {
  const schemas = procedures.flatMap((procedure) => {
    const { name, version } = procedure
    const from = newestOf(name) === procedure ? `move.${name}` : `move.${name}.${version}`
    return procedureView(procedure).moves.map((move): readonly [string, object] => {
      const who = move.by.length === 0 ? 'anybody' : move.by.join(', ')
      const where = move.opens ? 'it opens a case' : `possible in ${move.from.join(', ')}`
      const description = move.common
        ? 'In every case: the `body` of a statement of kind `move`, filed with POST /entries.'
        : `${versionName(procedure)}: made by ${who}; ${where}. The \`body\` of a statement of kind \`move\`, filed with POST /entries.`
      const { name: each, title, body } = move
      return [move.common ? `move.${each}` : `${from}.${each}`, { title, description, ...body }]
    })
  })
  return Object.fromEntries(schemas)
}
