import { correspondencesOf, instruments, provisionById } from '@comity/instruments'

const provision = provisionById('gids-8')
export const sentence = `${provision.citation.text}: binds ${provision.binds.join(', ')}`
export const norms = correspondencesOf('gids-8').map(({ norm, relation }) => `${relation} 13 (${norm})`)
export const counts = instruments.map(({ shortTitle, provisions }) => `${shortTitle}: ${provisions.length}`)
