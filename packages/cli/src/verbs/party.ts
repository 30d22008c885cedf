/** `comity party`: show, list, create, and change the keys of a party. */
import { type Client, ClientError, eachItem, type PartyResponse, type PartySummary } from '@comity/contract'
import type { Result } from '../context.ts'
import { submitChecked } from '../filing.ts'
import { enterParty, keepKeys, newParty } from '../founding.ts'
import { newPassphrase } from '../keys/new-passphrase.ts'
import { recoveryScheme } from '../keys/party-keys.ts'
import { nameOf, short } from '../names.ts'
import { approverCount, partyMembers, type PartyOptions, withPartyOptions } from '../party-draft.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { dateText, fields, plain, table, wrap } from '../terminal/text.ts'
import { recoveryNotice } from './init.ts'
import { compromise, recover, rotate } from './party-change.ts'

export const registerParty: Register = (program, { run }) => {
  const party = program
    .command('party')
    .summary('show, create and change parties')
    .description('Parties: who they are, their keys, and how these change.')
    .addHelpText('after', example('comity party show acme'))
  party
    .command('show [party]')
    .summary('who a party is: names, keys, home, endorsements')
    .description('Shows a party as its log has it: by alias, URN or its 64 hexadecimal digits.')
    .addHelpText('after', example('comity party show acme'))
    .action(run(show))
  party
    .command('list')
    .summary('list the parties of a log')
    .description('Lists the parties of a log, in the order in which they were founded.')
    .option('--type <type>', 'only of this type')
    .option('--name <text>', 'only with this in a name')
    .addHelpText('after', example('comity party list --type provider'))
    .action(run(list))
  withPartyOptions(party.command('create <alias>'), 'provider')
    .summary('found a party of your own, hosted at a node')
    .description(
      'Makes keys, signs the first statement and registers it at a node that hosts the party. The alias names it in your home; the keys never leave it.',
    )
    .addHelpText('after', example('comity party create acme --name "Acme Gateways" --type provider'))
    .action(run(create))
  party
    .command('rotate')
    .summary('replace the signing keys by those committed to')
    .description(
      'Replaces the signing keys by the next ones, which the party committed to when it was founded and which lie in its recovery file. A new recovery file is written.',
    )
    .requiredOption('--recovery-file <file>', 'the file with the next keys')
    .option('--insecure-no-passphrase', 'leave the new files unencrypted')
    .addHelpText('after', example('comity party rotate --as acme --recovery-file acme-recovery.json'))
    .action(run(rotate))
  party
    .command('recover')
    .summary('replace lost or stolen keys with the recovery keys')
    .description(
      'Replaces all keys of people by new ones, on the word of the recovery keys. Give as many recovery files as the party demands.',
    )
    .requiredOption('--recovery-file <file>', 'a file with a recovery key (repeatable)', collect)
    .option('--insecure-no-passphrase', 'leave the new files unencrypted')
    .addHelpText('after', example('comity party recover --as acme --recovery-file a.json --recovery-file b.json'))
    .action(run(recover))
  party
    .command('compromise [kid]')
    .summary('declare that a key was in other hands since a time')
    .description(
      'Says that a key (the signing key, or the one with this thumbprint) was in other hands since a time: it counts no more, and what it signed from then on is shown as contested. With a recovery file the next keys take over in the same statement.',
    )
    .requiredOption('--since <time>', 'since when: 2026-11-21 or 2026-11-21T12:00:00Z')
    .option('--recovery-file <file>', 'the file with the next keys')
    .option('--insecure-no-passphrase', 'leave the new files unencrypted')
    .addHelpText('after', example('comity party compromise --as acme --since 2026-11-20 --recovery-file r.json'))
    .action(run(compromise))
}

async function show(session: Session, _options: object, named?: string): Promise<Result> {
  const urn = named === undefined ? session.profile.urn : session.partyUrn(named)
  const party = await (await session.client()).party(urn)
  return { text: partyText(party), json: party }
}

function partyText(party: PartyResponse): string {
  const {
    urn,
    names,
    type,
    state,
    home,
    keys,
    thresholds,
    recovery,
    next,
    contacts,
    domains,
    versions,
    instruments,
    endorsements,
  } = party
  return [
    plain(nameOf(names)),
    fields([
      ['party', urn.slice(-64)],
      ['type', state === undefined ? type : `${type}, ${state}`],
      ['names', names.length < 2 ? undefined : names.map(({ language, text }) => `${language} ${text}`).join('\n')],
      ['home log', short(home)],
      [
        'contacts',
        contacts.length === 0
          ? undefined
          : contacts.map((each) => `${each.function}: ${each.email ?? each.url ?? each.phone ?? ''}`).join('\n'),
      ],
      ['domains', domains.length === 0 ? undefined : domains.join(', ')],
      [
        'thresholds',
        Object.keys(thresholds).length === 0
          ? undefined
          : Object.entries(thresholds)
              .map(([kind, n]) => `${kind} ${n}`)
              .join(', '),
      ],
      [
        'recovery',
        recovery === undefined
          ? 'none'
          : `${recovery.threshold} of ${recovery.keys.length} keys; next keys ${next === undefined ? 'not ' : ''}committed to`,
      ],
      ['statements', `${versions.length}, the first at ${dateText(versions.at(-1)?.at ?? 0)}`],
      [
        'bound by',
        instruments.length === 0
          ? 'nothing: it neither adheres nor supports'
          : instruments
              .map(({ form, instrument, at }) => `${form} of ${instrument} since ${dateText(at).slice(0, 10)}`)
              .join('\n'),
      ],
    ]),
    '',
    table(
      ['key', 'roles', 'kinds', 'counts'],
      keys.map(({ kid, roles, kinds, from, to, compromisedSince }) => [
        kid.slice(0, 16),
        roles.join(', '),
        kinds?.join(', ') ?? '',
        compromisedSince === undefined
          ? to === undefined
            ? `since entry ${from}`
            : `entries ${from} to ${to - 1}`
          : `compromised since ${dateText(compromisedSince).slice(0, 16)}`,
      ]),
    ),
    ...(endorsements.length === 0
      ? []
      : [
          '',
          table(
            ['endorsed by', 'for', 'on'],
            endorsements.map(({ names, claims, at }) => [nameOf(names), claims.join(', '), dateText(at).slice(0, 10)]),
          ),
        ]),
  ].join('\n')
}

async function list(
  session: Session,
  { type, name }: { readonly type?: string; readonly name?: string },
): Promise<Result> {
  const client = await session.client()
  const parties: PartySummary[] = []
  const rows: string[][] = []
  // An unknown type is refused by the node, which says which there are.
  const query = {
    ...(type === undefined ? {} : { type: type as 'state' }),
    ...(name === undefined ? {} : { q: name }),
    limit: 200,
  }
  for await (const each of eachItem(client.parties, query)) {
    parties.push(each)
    rows.push([
      nameOf(each.names),
      each.state === undefined ? each.type : `${each.type} ${each.state}`,
      each.urn.slice(-64).slice(0, 16),
    ])
  }
  return { text: table(['name', 'type', 'party'], rows, 'no such party'), json: parties }
}

async function create(session: Session, options: GlobalOptions & PartyOptions, alias: string): Promise<Result> {
  const { home, context } = session
  home.checkNew(alias)
  const client = await session.client('keeper')
  const { origin } = await client.status()
  const party = newParty({
    members: partyMembers(options),
    home: origin,
    approvers: approverCount(options.approvers),
    recovery: recoveryScheme(options.recovery),
    at: context.now(),
  })
  const passphrase = await newPassphrase(context, options, `for the keys of ${alias}`)
  const place = { home, alias, passphrase }
  const written = await session.progress.during('Encrypting the keys', keepKeys(party, place))
  try {
    const filed = await submitChecked(session, client, party.founding, { home: origin })
    enterParty(party, place, whereItIs(session))
    const token = await tokenFor(client, session, { alias, urn: party.urn })
    const tokenFile = token === undefined ? undefined : home.setToken(alias, token)
    return {
      text: [
        `Founded: ${nameOf(party.payload.names)}`,
        fields([
          ['party', party.urn.slice(-64)],
          ['entry', `${filed.index} of log ${short(origin)}`],
          ['keys', written.keys.join('\n')],
          ['token', tokenFile ?? 'none: the node takes statements from anybody'],
          ['recovery', written.recovery.join('\n')],
        ]),
        '',
        recoveryNotice(written.recovery, passphrase),
        wrap(`Sign for it with: --as ${alias}`),
      ].join('\n'),
      json: {
        urn: party.urn,
        alias,
        origin,
        id: filed.statement.id,
        index: filed.index,
        tokenFile: tokenFile ?? null,
        ...written,
      },
    }
  } catch (error) {
    home.discard(alias, written.recovery)
    throw error
  }
}

/** Where the home will find the party's node again. */
function whereItIs(session: Session): { readonly node?: string; readonly data?: string } {
  const given = session.options.node ?? session.context.env['COMITY_NODE']
  if (given !== undefined) return { node: given }
  return session.data.isFounded ? { data: session.data.path } : { node: session.address }
}

/** A token of the party's own from whoever may issue one; else the token it was registered with. */
async function tokenFor(
  client: Client,
  session: Session,
  { alias, urn }: { readonly alias: string; readonly urn: string },
): Promise<string | undefined> {
  const given = session.token('keeper')
  if (given === undefined) return undefined
  try {
    return (await client.issueToken({ label: `${alias}, made by comity party create`, party: urn, admin: false }))
      .secret
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not-permitted' || error.code === 'not-authorised'))
      return given
    throw error
  }
}
