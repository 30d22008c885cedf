import type { NormId } from './norms.ts'
import type { ProvisionId } from './provision.ts'

/**
 * How what a provision asks relates to what a norm asks.
 *
 * - `equivalent`: the same in other words.
 * - `subset`: all the provision asks is asked by the norm, which asks more.
 * - `superset`: all the norm asks is asked by the provision, which asks more.
 * - `intersects`: they share something, and each asks something the other does not.
 */
export type Relation = 'equivalent' | 'subset' | 'superset' | 'intersects'

/** One line of the crosswalk, read from the provision towards the norm. */
export interface Correspondence {
  readonly provision: ProvisionId
  readonly norm: NormId
  readonly relation: Relation
  readonly why: string
}

/** To be shown wherever the crosswalk is. */
export const crosswalkNotice =
  'The crosswalk is this project’s own reading of the texts. Neither the sponsors of the texts nor the United Nations made or endorsed it.'

function line(provision: ProvisionId, norm: NormId, relation: Relation, why: string): Correspondence {
  return { provision, norm, relation, why }
}

/** The two texts against the eleven norms of A/70/174, paragraph 13. */
export const crosswalk: readonly Correspondence[] = [
  line(
    'code-a',
    'e',
    'intersects',
    'Both ask for respect of human rights; the Charter and diversity of systems are the Code’s alone.',
  ),
  line(
    'code-b',
    'f',
    'superset',
    'Damage to critical infrastructure is one hostile act among those the Code rules out.',
  ),
  line(
    'code-b',
    'i',
    'intersects',
    'Both are against the spread of harmful tools; supply-chain integrity is the norm’s alone.',
  ),
  line(
    'code-b',
    'k',
    'intersects',
    'An attack on a response team is a hostile act; the conduct of one’s own team is the norm’s alone.',
  ),
  line(
    'code-c',
    'd',
    'intersects',
    'Both ask for cooperation against crime and terror; curbing incitement is the Code’s alone.',
  ),
  line(
    'code-d',
    'i',
    'intersects',
    'Both want a sound supply chain; independent control is the Code’s, hidden functions the norm’s.',
  ),
  line('code-e', 'g', 'superset', 'Critical infrastructure is in both; the Code adds information space as a whole.'),
  line(
    'code-f',
    'e',
    'intersects',
    'Both concern freedoms online; the frame of national law is the Code’s, privacy is spelled out by the norm.',
  ),
  line(
    'code-g',
    'a',
    'intersects',
    'Both want a stable network by joint work; how the internet is managed is the Code’s alone.',
  ),
  line(
    'code-h',
    'g',
    'intersects',
    'Both serve the protection of critical infrastructure; the Code does it through society’s understanding.',
  ),
  line(
    'code-j',
    'a',
    'intersects',
    'Both ask for cooperation; coordination between organisations is the Code’s, concrete measures the norm’s.',
  ),
  line('code-j', 'd', 'intersects', 'Cooperation covers exchange of information; prosecution is the norm’s alone.'),
  line(
    'gids-1',
    'i',
    'intersects',
    'Both want a sound supply chain; openness and evidence are the Initiative’s alone.',
  ),
  line(
    'gids-2',
    'f',
    'intersects',
    'Both shield others’ critical infrastructure; the Initiative its data, the norm its working.',
  ),
  line(
    'gids-3',
    'e',
    'intersects',
    'Both protect people’s data and privacy; surveillance between States is the Initiative’s alone.',
  ),
  line(
    'gids-6',
    'd',
    'intersects',
    'Both concern help in criminal matters; the third State is the Initiative’s alone.',
  ),
  line(
    'gids-7',
    'i',
    'intersects',
    'Both are against hidden functions; the Initiative speaks to providers, the norm to States.',
  ),
  line(
    'gids-8',
    'j',
    'intersects',
    'Both want vulnerabilities told and remedied; dependence and upgrades are the Initiative’s alone.',
  ),
]

/** The lines of one provision; empty when none of the eleven norms covers any of it. */
export function correspondencesOf(provision: ProvisionId): readonly Correspondence[] {
  return crosswalk.filter((each) => each.provision === provision)
}
