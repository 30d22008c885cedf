import { type Client, ClientError, createClient } from '@comity/contract'
import { resolve } from 'node:path'
import { CliError } from './cli-error.ts'
import type { Context } from './context.ts'
import { DataFolder } from './home/data-folder.ts'
import { readBytes } from './home/private-file.ts'
import { Home, type Profile } from './home/profile.ts'
import { partyUrnFrom } from './names.ts'
import { Progress } from './terminal/progress.ts'
import { table } from './terminal/text.ts'

/** What every command takes. */
export interface GlobalOptions {
  readonly json?: boolean
  readonly as?: string
  readonly node?: string
  readonly data?: string
  readonly home?: string
  readonly tokenFile?: string
  readonly passphraseFile?: string
}

/** Where a node answers when nothing says otherwise. */
export const defaultNodeUrl = 'http://localhost:8480'

/** Whose token a request carries. */
export type Authority = 'none' | 'party' | 'keeper'

/** One run of the command: where its keys, its node and its output are. */
export class Session {
  readonly context: Context
  readonly options: GlobalOptions
  readonly home: Home
  readonly progress: Progress
  #opened: { readonly url: string; close(): Promise<void> } | undefined

  constructor(context: Context, options: GlobalOptions) {
    this.context = context
    this.options = options
    this.home = Home.of(context, options.home)
    this.progress = new Progress(context.stderr)
  }

  /** The party that signs. Throws CliError `unknown-alias`. */
  get profile(): Profile {
    return this.home.profile(this.options.as ?? this.context.env['COMITY_AS'])
  }

  /** The party that signs, where it is clear which. */
  get profileIfClear(): Profile | undefined {
    const alias = this.options.as ?? this.context.env['COMITY_AS']
    return alias === undefined && this.home.aliases().length !== 1 ? undefined : this.profile
  }

  /** The keeper of the node whose data folder is at hand, if this home has its keys. */
  get keeper(): Profile | undefined {
    const { data } = this
    if (!data.isFounded) return undefined
    const urn = data.founded().keeper
    return this.home.profiles().find((profile) => profile.urn === urn)
  }

  get data(): DataFolder {
    return DataFolder.of(this.context, this.options.data ?? this.context.env['COMITY_DATA'] ?? this.#place?.data)
  }

  /** Where the node of this run lies: that of the signing party, or the one that all parties of this home share. */
  get #place(): Pick<Profile, 'node' | 'data'> | undefined {
    const alias = this.options.as ?? this.context.env['COMITY_AS']
    if (alias !== undefined && this.home.aliases().includes(alias)) return this.home.profile(alias)
    const [first, ...others] = this.home.profiles()
    return others.every(({ node, data }) => node === first?.node && data === first?.data) ? first : undefined
  }

  /** A path that the user typed. */
  path(text: string): string {
    return resolve(this.context.cwd, text)
  }

  /** The bytes of a file that the user named; `-` is standard input. */
  async input(text: string, what?: string): Promise<Uint8Array> {
    if (text !== '-') return readBytes(this.path(text), what)
    const pieces: Uint8Array[] = []
    for await (const piece of this.context.stdin) pieces.push(Buffer.from(piece as Uint8Array)) // a byte stream
    return Buffer.concat(pieces)
  }

  /**
   * A client of the node: that of `--node`, of the signing party, of the data folder (a running server, else the folder
   * itself, opened for this one command), or of {@link defaultNodeUrl}.
   */
  async client(authority: Authority = 'none'): Promise<Client> {
    return createClient({ baseUrl: await this.#address(), token: this.token(authority) })
  }

  /** The token from `--token-file`, `$COMITY_TOKEN`, or the home. */
  token(authority: Authority): string | undefined {
    if (authority === 'none') return undefined
    const { tokenFile } = this.options
    if (tokenFile !== undefined)
      return Buffer.from(readBytes(this.path(tokenFile), 'the token file'))
        .toString('utf8')
        .trim()
    const given = this.context.env['COMITY_TOKEN']
    if (given !== undefined && given !== '') return given
    // Whoever names a party with --as means its token, also for what only keepers may do.
    const named = this.options.as === undefined && authority === 'keeper' ? this.keeper : undefined
    const profile = named ?? this.profileIfClear
    return profile === undefined ? undefined : this.home.token(profile.alias)
  }

  /** The data folder, where it is what this run is about and no server answers for it. */
  get offlineFolder(): DataFolder | undefined {
    if (this.options.node !== undefined || this.context.env['COMITY_NODE'] !== undefined) return undefined
    const { data } = this
    if (this.#place?.node !== undefined || data.serving() !== undefined || !data.isFounded) return undefined
    return data
  }

  /** Where the node answers, as {@link client} found it. */
  address = defaultNodeUrl

  async #address(): Promise<string> {
    this.address = await this.#findAddress()
    return this.address
  }

  /**
   * What is read where only reading is asked: the node that {@link client} would speak to, or the data folder that no
   * server holds, as a path. That takes no key.
   */
  get source(): string {
    return this.#answering() ?? (this.data.isFounded ? this.data.path : defaultNodeUrl)
  }

  /** The address of a node that runs by itself, where one is named or known. */
  #answering(): string | undefined {
    const given = this.options.node ?? this.context.env['COMITY_NODE']
    if (given !== undefined) return addressFrom(given)
    const node = this.options.data === undefined ? this.#place?.node : undefined
    return node ?? this.data.serving()
  }

  /** Whether a node that runs by itself answers where {@link client} would look for one. Opens nothing. */
  async answers(): Promise<boolean> {
    const answering = this.#answering()
    this.address = answering ?? (this.data.isFounded ? this.data.path : defaultNodeUrl)
    // Whoever answers at the default address may serve another folder than the one at hand.
    if (answering === undefined && this.data.isFounded) return false
    try {
      await createClient({ baseUrl: this.address }).status()
      return true
    } catch (error) {
      if (error instanceof ClientError && error.code === 'unreachable') return false
      throw error
    }
  }

  async #findAddress(): Promise<string> {
    const answering = this.#answering()
    if (answering !== undefined) return answering
    if (!this.data.isFounded) return defaultNodeUrl
    if (this.#opened === undefined) {
      const { openForOneCommand } = await import('./reach/serve-node.ts')
      this.#opened = await openForOneCommand(this)
    }
    return this.#opened.url
  }

  /**
   * An error in the words of this run. That nobody answers where nobody was said to answer is no news where the home
   * knows several nodes: then the question is which of them was meant.
   */
  explained(error: unknown): unknown {
    const isSilence =
      error instanceof Error && 'code' in error && ['unreachable', 'source-unreachable'].includes(String(error.code))
    if (!isSilence || this.#answering() !== undefined || this.data.isFounded) return error
    const places = this.home.profiles().filter(({ node, data }) => node !== undefined || data !== undefined)
    if (this.#place !== undefined || places.length < 2) return error
    return new CliError(
      'unreachable',
      'which node? The parties of this home are at several: name one of them with --as, or a node with --node',
      {
        cause: error,
        choices: {
          names: places.map(({ alias }) => alias),
          text: table(
            ['party', 'node'],
            places.map(({ alias, node, data }) => [alias, node ?? data ?? '']),
          ),
        },
      },
    )
  }

  /** A party by alias, URN or its 64 hexadecimal digits. */
  partyUrn(text: string): string {
    if (this.home.aliases().includes(text)) return this.home.profile(text).urn
    const urn = partyUrnFrom(text)
    if (urn !== undefined) return urn
    throw new CliError(
      'usage',
      `"${text}" is no party: an alias of this home, a party URN, or its 64 hexadecimal digits`,
    )
  }

  async close(): Promise<void> {
    this.progress.end()
    await this.#opened?.close()
  }
}

function addressFrom(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new CliError('usage', `--node "${text}" is no http or https address, such as ${defaultNodeUrl}`)
  }
  return text
}
