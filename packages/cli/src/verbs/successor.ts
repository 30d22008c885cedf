/** A log that continues another which may not be signed any more. */
import { ComityNode } from '@comity/node'
import {
  type Contact,
  type ContinuationPayload,
  decodeStatement,
  type PartyPayload,
  readPayloadAs,
} from '@comity/statement'
import { openReadOnly } from '@comity/store'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { signed } from '../filing.ts'
import { enterParty, keepKeys, keepNodeKeys, newNode } from '../founding.ts'
import { DataFolder } from '../home/data-folder.ts'
import { emptyAgain } from '../home/private-file.ts'
import { newPassphrase } from '../keys/new-passphrase.ts'
import { nodeKeysOf } from '../keys/node-keys.ts'
import { signerOf } from '../keys/role-key.ts'
import { short } from '../names.ts'
import { openVault } from '../reach/open-vault.ts'
import type { GlobalOptions, Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'
import { orUndo } from '../undo-on-signal.ts'
import { recoveryNotice } from './init.ts'

export interface SuccessorOptions extends GlobalOptions {
  readonly successor: string
  readonly insecureNoPassphrase?: boolean
  readonly predecessor: {
    readonly origin: string
    readonly size: number
    readonly root: string
    readonly checkpoint: string
  }
}

/** An office of the keeper before: that has other keys. */
function withoutKey(contact: Contact): Contact {
  const { key: _key, ...rest } = contact
  return rest
}

/**
 * Founds a log that says where it continues the frozen one: with a keeper of the same name and new keys, for a party
 * statement of another log is a copy here, and with `continuation` as its first statement after the bootstrap.
 */
export async function foundSuccessor(session: Session, options: SuccessorOptions): Promise<Result> {
  const { context, home } = session
  const before = session.data
  const after = new DataFolder(session.path(options.successor))
  after.checkEmpty('found the successor in a new folder')
  const alias = options.as ?? `${session.keeper?.alias ?? 'keeper'}-2`
  home.checkNew(alias)
  const { names, type, state, contacts, domains } = keeperOf(before.path)
  const node = newNode({
    members: {
      names,
      type,
      ...(state === undefined ? {} : { state }),
      ...(contacts === undefined ? {} : { contacts: contacts.map((contact) => withoutKey(contact)) }),
      ...(domains === undefined ? {} : { domains }),
    },
    approvers: 0,
    recovery: { threshold: 1, keys: 1 },
    at: context.now(),
    filing: 'token',
  })
  const undoHome = home.undoOf(alias)
  const undoData = emptyAgain(after.path)
  const undo = (): void => {
    undoHome()
    undoData()
  }
  return orUndo(context, undo, async () => {
    const passphrase = await newPassphrase(context, options, `for the keys of ${alias} and of its node`)
    const place = { home, alias, passphrase }
    const written = await session.progress.during('Encrypting the keys', keepKeys(node.keeper, place))
    await session.progress.during('Encrypting the keys', keepNodeKeys(node, after, passphrase))
    const { id, token } = await found(session, after, node, options.predecessor)
    enterParty(node.keeper, place, { data: after.path })
    home.setToken(alias, token)
    const { predecessor } = options
    return {
      text: [
        `Founded: a log that continues ${short(predecessor.origin)}`,
        fields([
          ['from entry', predecessor.size],
          ['log', short(node.origin)],
          ['party', node.keeper.urn.slice(-64)],
          ['statement', id],
          ['data', after.path],
        ]),
        '',
        wrap(
          `The frozen log stays as it is, to be read and audited: go on serving ${before.path} where it was. Hosted parties found themselves anew here.`,
        ),
        recoveryNotice(written.recovery, passphrase),
      ].join('\n'),
      json: {
        origin: node.origin,
        urn: node.keeper.urn,
        alias,
        data: after.path,
        continuation: id,
        predecessor,
        ...written,
      },
    }
  })
}

/** What the keeper of a log says about itself in its first statement. */
function keeperOf(directory: string): PartyPayload {
  const entries = openReadOnly(directory).stream('public')
  try {
    const [first] = entries.readRange(0, 1)
    if (first === undefined) throw new CliError('not-founded', `${directory} holds no log`)
    return readPayloadAs(decodeStatement(Uint8Array.from(first), crypto), 'party')
  } finally {
    entries.close()
  }
}

async function found(
  session: Session,
  data: DataFolder,
  { origin, keeper, keys, policy }: ReturnType<typeof newNode>,
  predecessor: SuccessorOptions['predecessor'],
): Promise<{ readonly id: string; readonly token: string }> {
  const node = await ComityNode.found({
    directory: data.path,
    ...nodeKeysOf({ party: keeper.urn, keys: keys.keys, symmetric: { master: keys.master } }, origin),
    now: () => session.context.now(),
    party: keeper.founding,
    policy,
  })
  try {
    const payload: ContinuationPayload = {
      predecessor: { origin: predecessor.origin, size: predecessor.size, root: `sha256:${predecessor.root}` },
      reason: 'restored',
      checkpoint: predecessor.checkpoint,
    }
    const signer = signerOf(keeper.keys.current.sign)
    const { id } = await node.submit(
      signed({ kind: 'continuation', sub: origin, payload }, { iss: keeper.urn, signer, iat: session.context.now() }),
    )
    const vault = await openVault(node, data.path)
    try {
      const { secret } = await vault.issueToken({
        party: keeper.urn,
        admin: true,
        label: 'keeper, made by comity restore',
      })
      return { id, token: secret }
    } finally {
      await vault.close()
    }
  } finally {
    await node.close()
  }
}
