import { isPartyUrn } from '@comity/statement'
import { rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Context } from '../context.ts'
import {
  createPrivateFile,
  exists,
  isRecord,
  makePrivateFolder,
  missingFolders,
  namesIn,
  readBytes,
  readJson,
  removeEmptyFolders,
  replacePrivateFile,
} from './private-file.ts'

const format = 'comity party 1'
const aliasPattern = /^[a-z0-9][a-z0-9-]{0,31}$/

/** The alias in the name of a recovery file. */
function leftOf(name: string): string | undefined {
  return /^(.*)-recovery(?:-[0-9]+)?\.json$/.exec(name)?.[1]
}

/** What a home remembers of a party that its owner signs for. Nothing in it is secret. */
export interface Profile {
  readonly alias: string
  readonly urn: string
  readonly name: string
  readonly type: string
  /** Origin of its home log. */
  readonly home: string
  /** Where its home log answers; undefined for the keeper, whose data folder is at hand. */
  readonly node?: string
  /** The data folder of the node that this party keeps. */
  readonly data?: string
}

/**
 * A person's folder: parties they sign for, with keys and tokens.
 *
 *     HOME/parties/ALIAS/party.json      who it is and where its node answers
 *     HOME/parties/ALIAS/founding.cbor   its first party statement
 *     HOME/parties/ALIAS/keys/*.json     key files
 *     HOME/parties/ALIAS/token           what the node wants to see when it files
 *     HOME/parties/ALIAS/token-at-LOG    the same of a log that it has left
 *     HOME/recovery/ALIAS-*.json         recovery files, until they are moved to a safe place
 *     HOME/approvers/ALIAS.json          an approval key for a party that somebody else is to found
 *     HOME/known/HEX.cbor                first party statements of others, to verify offline with
 */
export class Home {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** `--home`, `$COMITY_HOME`, or `~/.local/share/comity`. */
  static of(context: Context, given: string | undefined): Home {
    const { env } = context
    const data = env['XDG_DATA_HOME'] ?? join(env['HOME'] ?? homedir(), '.local', 'share')
    return new Home(resolve(context.cwd, given ?? env['COMITY_HOME'] ?? join(data, 'comity')))
  }

  aliases(): readonly string[] {
    return namesIn(join(this.path, 'parties'))
      .filter((name) => exists(this.#file(name, 'party.json')))
      .toSorted()
  }

  /** Checks an alias for a new party. Throws `usage` or `alias-exists`. */
  checkNew(alias: string): void {
    if (!aliasPattern.test(alias)) {
      throw new CliError('usage', `"${alias}" is no alias: 1 to 32 of a-z, 0-9 and -, beginning with a letter or digit`)
    }
    if (exists(this.#file(alias, 'party.json'))) {
      throw new CliError('alias-exists', `${this.path} has a party "${alias}" already; choose another alias`)
    }
    const left = namesIn(join(this.path, 'recovery')).find((name) => leftOf(name) === alias)
    if (left !== undefined) {
      throw new CliError(
        'alias-exists',
        `${join(this.path, 'recovery', left)} is of an earlier party "${alias}": move it to a safe place, or choose another alias`,
      )
    }
  }

  /** The party named by `--as` or `$COMITY_AS`, or the only one there is. */
  profile(alias: string | undefined): Profile {
    const known = this.aliases()
    if (alias === undefined) {
      if (known.length === 1 && known[0] !== undefined) return this.#read(known[0])
      throw new CliError(
        'unknown-alias',
        known.length === 0
          ? `${this.path} holds no party yet: found a node with "comity init" or a hosted party with "comity party create"`
          : `whom do you sign for? Give --as with one of ${known.join(', ')}`,
      )
    }
    if (!known.includes(alias)) {
      throw new CliError(
        'unknown-alias',
        `${this.path} holds no party "${alias}"; it holds ${known.join(', ') || 'none'}`,
      )
    }
    return this.#read(alias)
  }

  /** All parties of this home, by alias. */
  profiles(): readonly Profile[] {
    return this.aliases().map((alias) => this.#read(alias))
  }

  create(profile: Profile, founding: Uint8Array): void {
    makePrivateFolder(this.path)
    const { alias, ...rest } = profile
    createPrivateFile(this.#file(alias, 'founding.cbor'), founding)
    createPrivateFile(this.#file(alias, 'party.json'), `${JSON.stringify({ format, ...rest }, null, 2)}\n`)
  }

  /**
   * The party is at home elsewhere from now on, with the token that files there. That of the log which it left is kept
   * beside it: what is private there is still to be read. Returns the file of that token, where there is one.
   */
  settle(
    { alias, ...left }: Profile,
    to: Pick<Profile, 'home' | 'node' | 'data'>,
    token: string | undefined,
  ): string | undefined {
    const before = this.token(alias)
    const kept = this.#file(alias, `token-at-${encodeURIComponent(left.home).slice(0, 100)}`)
    if (before !== undefined && before !== token && !exists(kept)) createPrivateFile(kept, `${before}\n`)
    if (token === undefined) rmSync(this.#file(alias, 'token'), { force: true })
    else this.setToken(alias, token)
    const { node: _node, data: _data, ...rest } = left
    replacePrivateFile(this.#file(alias, 'party.json'), `${JSON.stringify({ format, ...rest, ...to }, null, 2)}\n`)
    return exists(kept) ? kept : undefined
  }

  /** What takes back whatever is written from now on for a new party of this alias. */
  undoOf(alias: string): () => void {
    const folders = missingFolders(this.path)
    const recovery = join(this.path, 'recovery')
    const before = new Set(namesIn(recovery))
    return () => {
      const added = namesIn(recovery).filter((name) => name.startsWith(`${alias}-recovery`) && !before.has(name))
      this.discardFiles(added.map((name) => join(recovery, name)))
      rmSync(join(this.path, 'parties', alias), { recursive: true, force: true })
      for (const name of ['parties', 'recovery']) removeEmptyFolders([join(this.path, name)])
      removeEmptyFolders(folders)
    }
  }

  discardFiles(files: readonly string[]): void {
    for (const path of files) rmSync(path, { force: true })
  }

  /** The folder of a party's key files. */
  keysOf(alias: string): string {
    return this.#file(alias, 'keys')
  }

  recoveryFile(alias: string, suffix: string): string {
    return join(this.path, 'recovery', `${alias}-${suffix}.json`)
  }

  /** An approval key before its party is there. */
  approverFile(alias: string): string {
    return join(this.path, 'approvers', `${alias}.json`)
  }

  token(alias: string): string | undefined {
    const path = this.#file(alias, 'token')
    if (!exists(path)) return undefined
    return Buffer.from(readBytes(path)).toString('utf8').trim()
  }

  setToken(alias: string, secret: string): string {
    const path = this.#file(alias, 'token')
    replacePrivateFile(path, `${secret}\n`)
    return path
  }

  /** Keeps a first party statement, to verify with when no node answers. */
  remember(urn: string, founding: Uint8Array): void {
    const path = join(this.path, 'known', `${urn.slice(-64)}.cbor`)
    if (!exists(path)) createPrivateFile(path, founding)
  }

  /** First party statements that this home knows: of its own parties and of those it has seen. */
  foundingStatements(): readonly Uint8Array[] {
    const known = join(this.path, 'known')
    const seen = namesIn(known)
      .filter((name) => name.endsWith('.cbor'))
      .map((name) => join(known, name))
    const own = this.aliases().map((alias) => this.#file(alias, 'founding.cbor'))
    return [...own, ...seen].filter((path) => exists(path)).map((path) => readBytes(path))
  }

  #file(alias: string, name: string): string {
    return join(this.path, 'parties', alias, name)
  }

  #read(alias: string): Profile {
    const path = this.#file(alias, 'party.json')
    const value = readJson(path)
    if (!isRecord(value) || value['format'] !== format)
      throw new CliError('bad-input', `${path} is no party of this version`)
    const { urn, name, type, home, node, data } = value
    if (
      typeof urn !== 'string' ||
      !isPartyUrn(urn) ||
      typeof name !== 'string' ||
      typeof type !== 'string' ||
      typeof home !== 'string'
    ) {
      throw new CliError('bad-input', `${path} lacks its urn, name, type or home`)
    }
    return {
      alias,
      urn,
      name,
      type,
      home,
      ...(typeof node === 'string' ? { node } : {}),
      ...(typeof data === 'string' ? { data } : {}),
    }
  }
}
