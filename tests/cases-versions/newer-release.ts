/**
 * Preloaded, it makes of this program a later release of itself: one in which disputes have a second version, which gives
 * ninety days to acknowledge one, and in which consultations are for the parties alone to see.
 */
import { registerHooks } from 'node:module'

const listed = '  dispute,\n'
const longer = '{ ...dispute.clocks.acknowledgement, length: { days: 90 } }'
const sealed = "{ ...dispute.moves.consult, visibility: 'parties' }"
const second = `  {
    ...dispute,
    version: 2,
    clocks: { ...dispute.clocks, acknowledgement: ${longer} },
    moves: { ...dispute.moves, consult: ${sealed} },
  } as Procedure,\n`

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith('/packages/procedures/src/registry.ts')) return loaded
    const source = String(loaded.source)
    if (!source.includes(listed)) throw new Error('the registry does not list disputes as it did')
    return { ...loaded, source: source.replace(listed, listed + second) }
  },
})
