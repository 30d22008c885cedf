/** `comity party update`: what a party says about itself, its keys apart. */
import type { PartyPayload } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { withContactKeys } from '../contacts/contact-key.ts'
import type { Result } from '../context.ts'
import { signingKey } from '../keys/open-keys.ts'
import { checkFree } from '../output-file.ts'
import { changedMembers, type ChangeableOptions } from '../party-draft.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { approversIn, fileOrHandOn, following, signedParty, standing } from './party-statement.ts'

interface UpdateOptions extends GlobalOptions, ChangeableOptions {
  readonly approveWith?: readonly string[]
  readonly key?: string
  readonly out?: string
  readonly force?: boolean
}

export async function update(session: Session, options: UpdateOptions): Promise<Result> {
  const { home, profile } = session
  if (options.out !== undefined) checkFree(session.path(options.out), options.force)
  const before = await standing(session)
  const old = following(before)
  const members = changedMembers(options, old.thresholds)
  const { contacts } = members
  const named = contacts === undefined ? {} : { contacts: withContactKeys(contacts, old.keys) }
  const payload = withoutEmpty({ ...old, ...members, ...named })
  const changed = (Object.keys({ ...old, ...payload }) as (keyof PartyPayload)[]) // both are party payloads
    .filter((member) => JSON.stringify(payload[member]) !== JSON.stringify(old[member]))
  if (changed.length === 0) {
    throw new CliError(
      'usage',
      `nothing would change: give --name, --contact, --domain or --threshold with something else than "comity party show ${profile.alias}" shows`,
    )
  }
  const keyOptions = { ...session.options, ...(options.key === undefined ? {} : { key: session.path(options.key) }) }
  const key = await signingKey(session, { home, profile, kind: 'party' }, keyOptions)
  return fileOrHandOn(session, before.client, signedParty(session, payload, key), {
    approvers: await approversIn(session, options.approveWith),
    title: `${changed.join(' and ')} of ${profile.alias}`,
    out: options.out ?? `${profile.alias}-update.cbor`,
    force: options.force,
  })
}

/** A member that says nothing is left out. */
function withoutEmpty(payload: PartyPayload): PartyPayload {
  const { contacts, domains, thresholds, ...rest } = payload
  return {
    ...rest,
    ...(contacts === undefined || contacts.length === 0 ? {} : { contacts }),
    ...(domains === undefined || domains.length === 0 ? {} : { domains }),
    ...(thresholds === undefined || Object.keys(thresholds).length === 0 ? {} : { thresholds }),
  }
}
