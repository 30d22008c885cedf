/** How cases are named by people: `builds`, `acme:builds`, `3f2a9c1d…:builds`, or the whole URN. */
import { type CaseSummary, type Client, eachItem } from '@comity/contract'
import { caseUrn, parseCaseUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { short } from '../names.ts'
import { type BodyDesk, partyOf } from './body.ts'

const slugForm = '[a-z0-9][a-z0-9.-]{0,63}'
const nameForm = new RegExp(`^(?:(.+):)?(${slugForm})$`)

/** Cases that are looked through for a name, at most. */
const mostLooked = 4000

/** A name for a new case of a party's own. Throws CliError `usage` for what is none. */
export function newCaseUrn(party: string, slug: string): string {
  if (!new RegExp(`^${slugForm}$`).test(slug)) {
    throw new CliError(
      'usage',
      `"${slug}" is no name for a case: 1 to 64 of a-z, 0-9, "." and "-", beginning with a letter or digit`,
    )
  }
  if (slug.startsWith('adherence.'))
    throw new CliError('usage', 'names that begin with "adherence." are those of adherence itself: choose another')
  return caseUrn(party, slug)
}

/** `3f2a9c1d…:builds`, as lists show it and as {@link caseUrnOf} reads it. */
export function caseText(urn: string): string {
  return short(urn.replace(/^urn:comity:case:/, ''))
}

/**
 * The case that somebody names. A name alone is that of a case in which the party that signs has a part, else of the only
 * one of that name.
 *
 * Throws CliError `usage` for a text that can be none, `ambiguous` with a list, `not-found`.
 */
export async function caseUrnOf(desk: BodyDesk, text: string): Promise<string> {
  if (parseCaseUrn(text) !== undefined) return text
  const [, owner, slug = ''] = nameForm.exec(text) ?? []
  if (slug === '') {
    throw new CliError(
      'usage',
      `"${text}" is no case: its URN, its name, or both in short, as "comity case list" shows it`,
    )
  }
  const digits = owner === undefined ? undefined : /^([0-9a-f]{4,63})…?$/.exec(owner)?.[1]
  if (owner !== undefined && digits === undefined) return caseUrn(await partyOf(desk, owner), slug)
  const client = await desk.client()
  const own = desk.session.profileIfClear?.urn
  const isIt = ({ urn }: CaseSummary): boolean =>
    urn.endsWith(`:${slug}`) && (digits === undefined || urn.startsWith(`urn:comity:case:${digits}`))
  const mine = own === undefined ? [] : await matching(client, { party: own }, isIt)
  const found = mine.length > 0 ? mine : await matching(client, {}, isIt)
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only.urn
  if (only === undefined) {
    const where = `${client.url('')}`.replace(/\/$/, '')
    throw new CliError('not-found', `the node at ${where} knows no case "${text}": see "comity case list"`)
  }
  throw new CliError('ambiguous', `${found.length} cases have the name "${text}": say which`, {
    choices: {
      names: found.map(({ urn }) => urn),
      text: found.map(({ urn, title }) => `  ${caseText(urn)}  ${title}`).join('\n'),
    },
  })
}

async function matching(
  client: Client,
  query: { readonly party?: string },
  isIt: (each: CaseSummary) => boolean,
): Promise<readonly CaseSummary[]> {
  const found: CaseSummary[] = []
  let looked = 0
  for await (const each of eachItem(client.cases, { ...query, limit: 200 })) {
    if (isIt(each)) found.push(each)
    if (found.length > 20 || ++looked >= mostLooked) break
  }
  return found
}
