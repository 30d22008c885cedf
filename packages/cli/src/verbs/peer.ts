/** `comity peer`: the other nodes that a node deals with. */
import { type AddPeerBody, type AddPeerResponse, type Client, ClientError, type PeerSummary } from '@comity/contract'
import { sha256 } from '@comity/crypto'
import { noteType, parseVerifierKey } from '@comity/log'
import { keyThumbprint, toHex } from '@comity/statement'
import { openReadOnly } from '@comity/store'
import { CliError } from '../cli-error.ts'
import type { Context, Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { nameOf, short } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { confirm } from '../terminal/confirm.ts'
import { countText, fields, plain, table, wrap } from '../terminal/text.ts'
import { peerTable } from './peer-table.ts'

interface AddOptions {
  readonly keeper?: string
  readonly pin?: string
  readonly witness?: readonly string[]
  readonly withWitness?: boolean
  readonly witnessUrl?: string
  readonly mirror: boolean
  readonly allowPrivate?: boolean
  readonly yes?: boolean
}

export const registerPeer: Register = (program, { run }) => {
  const peer = program
    .command('peer')
    .summary('the nodes that a node follows, asks and writes to')
    .description(
      'Peers are the other nodes that yours follows, asks for cosignatures, and writes to. It asks nobody else. Who keeps a peer is pinned when it is added; its keys may change afterwards, as its keeper states.',
    )
    .addHelpText('after', example('comity peer add https://log.example.org', 'comity peer list'))
  peer
    .command('add <url>')
    .summary('meet a node and make it a peer, or change one')
    .description(
      'Reads what a node serves at an address, verifies that it fits together, and pins its keeper and its log keys. Without --keeper and --pin it shows what it found and asks: compare that with what the keeper told you by another way. A peer that is on the list already gets what is given now.',
    )
    .option('--keeper <party>', 'the party that must keep it: a URN, or its 64 digits')
    .option('--pin <vkey>', 'the key its checkpoint must be signed with')
    .option('--witness <vkey>', 'a key under which it cosigns (repeatable)', collect)
    .option('--with-witness', 'ask it for cosignatures, under the keys its keeper states')
    .option('--witness-url <url>', 'where it cosigns, if not at /witness of its address')
    .option('--no-mirror', 'do not follow its log')
    .option('--allow-private', 'it is in a private network, or on this machine')
    .option('--yes', 'take what is found there without asking')
    .addHelpText(
      'after',
      example(
        'comity peer add https://log.example.org',
        'comity peer add https://log.example.org --keeper 3f2a9c… --with-witness',
        'comity peer add http://10.0.0.7:8480 --allow-private --yes',
        'comity peer add https://w.test --no-mirror --witness-url https://w.test/1 …',
      ),
    )
    .action(run(add))
  peer
    .command('list')
    .summary('list the peers, and how they are doing')
    .description('Lists the peers of a node: whether they answer, and how far the copies of their logs are behind.')
    .addHelpText('after', example('comity peer list', 'comity peer list --node https://log.example.org'))
    .action(run(list))
  peer
    .command('remove <peer>')
    .summary('take a node off the list')
    .description(
      'Takes a node off the list, by its address or the name of its log. What was mirrored of its log stays, and counts in findings as it stands.',
    )
    .addHelpText('after', example('comity peer remove https://log.example.org'))
    .action(run(remove))
}

async function add(session: Session, options: AddOptions, url: string): Promise<Result> {
  const { pin, witness, mirror, allowPrivate = false } = options
  const keeper = options.keeper === undefined ? undefined : session.partyUrn(options.keeper)
  const client = await session.client('keeper')
  const body: AddPeerBody = {
    url,
    mirror,
    allowPrivate,
    ...(witness === undefined ? {} : { witnessKeys: [...witness] }),
    ...(options.witnessUrl === undefined ? {} : { witnessUrl: options.witnessUrl }),
    ...(keeper === undefined ? {} : { keeper }),
    ...(pin === undefined ? {} : { logKey: pin }),
  }
  const expected = await expectedOf(session, client, body, options)
  const found = await session.progress.during(`Meeting ${plain(url)}`, client.addPeer(expected))
  const done = { found: 'Found', added: 'Added', changed: 'Changed', unchanged: 'A peer already, and nothing changed' }
  return {
    text: [`${done[found.outcome]}: ${keeperName(found)}`, shown(found)].join('\n'),
    json: found,
  }
}

/**
 * What is asked for, with what was found there and somebody says yes to: its keeper, and its witness keys where they are
 * not given. Throws CliError `usage` where nobody does, and `refused` where it is no witness.
 */
async function expectedOf(
  session: Session,
  client: Client,
  body: AddPeerBody,
  options: AddOptions,
): Promise<AddPeerBody> {
  const { yes, withWitness = false } = options
  const isExpected = body.keeper !== undefined || body.logKey !== undefined
  if (isExpected && !withWitness) return body
  // A witness that keeps no log has nobody to be compared with: its keys were given.
  if (body.witnessUrl !== undefined && body.mirror === false && !isExpected) return body
  const found = await session.progress.during(`Meeting ${plain(body.url)}`, client.addPeer({ ...body, look: true }))
  const expected = withWitness ? { ...body, witnessKeys: witnessKeysOf(found, body) } : body
  const { urn = '' } = found.keeper ?? {}
  if (isExpected) return expected
  if (yes === true) return { ...expected, keeper: urn }
  const answer = await ask(session.context, found)
  if (answer === true) return { ...expected, keeper: urn }
  const what = answer === undefined ? 'nobody is here to ask whether that is right' : 'nothing was changed'
  throw new CliError(
    'usage',
    `${body.url} is kept by ${keeperName(found)}, ${urn.slice(-64)}: ${what}. Give --keeper or --pin with what its keeper told you, or --yes`,
  )
}

function witnessKeysOf({ witnessKeys, url }: AddPeerResponse, { witnessKeys: given = [] }: AddPeerBody): string[] {
  if (given.length > 0)
    throw new CliError('usage', 'give the keys with --witness, or take those found with --with-witness')
  if (witnessKeys.length > 0) return witnessKeys
  throw new CliError(
    'refused',
    `${url} shows no key to cosign with that its keeper has stated: a node that was founded without gets some with "comity rekey --only witness"`,
  )
}

async function ask(context: Context, found: AddPeerResponse): Promise<boolean | undefined> {
  if (context.stdin.isTTY !== true) return undefined
  const said = `Found at ${plain(found.url)}: ${keeperName(found)}`
  const advice = wrap('Compare this with what its keeper told you by another way. From now on it is held to it.')
  context.stderr.write(`${said}\n${shown(found)}\n\n${advice}\n`)
  return confirm(context, 'Make it a peer?')
}

function keeperName({ keeper, origin }: AddPeerResponse): string {
  return plain(keeper === undefined ? origin : nameOf(keeper.names))
}

function shown({ origin, url, keeper, logKeys, witnessKeys, size }: AddPeerResponse): string {
  return fields([
    ['keeper', keeper?.urn.slice(-64)],
    ['type', keeper?.type],
    ['State', keeper?.state],
    [keeper === undefined ? 'name' : 'log', short(origin)],
    // Without the name before it, which is that of the log: so the key stays on its line, and can be compared.
    ...logKeys.map((key): readonly [string, string] => ['log key', key.slice(key.indexOf('+') + 1)]),
    ...witnessKeys.map((key): readonly [string, string] => ['witness', fingerprint(key)]),
    ['entries', keeper === undefined ? undefined : countText(size)],
    ['address', url],
  ])
}

/** The thumbprint of a key to cosign with, as `comity party show` begins it: a key of ML-DSA-44 fills a page. */
function fingerprint(text: string): string {
  const { type, publicKey } = parseVerifierKey(text, sha256)
  const alg = type === noteType.mlDsa44 ? 'ML-DSA-44' : 'EdDSA'
  return toHex(keyThumbprint({ alg, bytes: publicKey }, crypto))
}

async function list(session: Session): Promise<Result> {
  const folder = session.offlineFolder
  if (folder !== undefined) return folderList(folder.path)
  const { peers } = await readPeers(await session.client('keeper'), () => session.client())
  const errors = peers.flatMap(({ origin, lastError }) =>
    lastError?.message === undefined ? [] : [wrap(`${short(origin)}: ${plain(lastError.message)}`, { indent: '  ' })],
  )
  return {
    text: [peerTable(peers, session.context.now()), ...(errors.length === 0 ? [] : ['', ...errors])].join('\n'),
    json: peers,
  }
}

/** With all that is pinned where the token is the keeper's, else as everybody sees them. */
async function readPeers(client: Client, publicly: () => Promise<Client>): ReturnType<Client['peers']> {
  try {
    return await client.peers()
  } catch (error) {
    if (!(error instanceof ClientError) || (error.status !== 401 && error.status !== 403)) throw error
    return (await publicly()).peers()
  }
}

/** What the folder says of its peers, without keys: how they are doing only a running node knows. */
function folderList(path: string): Result {
  const peers = peersOfFolder(path)
  return {
    text: [
      `${path}, not running`,
      table(
        ['log', 'address', 'mirror', 'witness'],
        peers.map(({ origin, url, mirror, witnessKeys }) => [
          short(origin),
          url,
          mirror ? 'yes' : 'no',
          witnessKeys.length === 0 ? 'no' : 'yes',
        ]),
      ),
    ].join('\n'),
    json: peers,
  }
}

/** A peer as the cell of a folder holds it. */
interface StoredPeer extends Omit<NonNullable<PeerSummary['pinned']>, 'nextTryAt'> {
  readonly origin: string
  readonly url: string
}

/** The list of peers in a data folder, read without keys or lock. */
export function peersOfFolder(path: string): readonly StoredPeer[] {
  const cell = openReadOnly(path).cells().get('peers')
  return cell === undefined ? [] : JSON.parse(Buffer.from(cell.value).toString())
}

async function remove(session: Session, _options: object, peer: string): Promise<Result> {
  await (await session.client('keeper')).removePeer(peer)
  return { text: `Removed: ${plain(short(peer))}`, json: { removed: peer } }
}
