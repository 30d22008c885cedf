/** Messages as people name and read them. */
import { type Client, ClientError, eachItem, type MessageSummary } from '@comity/contract'
import { isHex64 } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { nameOf, short } from '../names.ts'

/** Messages that are looked through for the one that somebody names by how its identifier begins. */
const lookedThrough = 10_000

/** The message that somebody names: by its identifier, or by at least the first eight digits of it. */
export async function messageIdOf(client: Client, text: string): Promise<string> {
  if (isHex64(text)) return text
  const digits = /^([0-9a-f]{8,63})…?$/.exec(text)?.[1]
  if (digits === undefined) {
    throw new CliError('usage', `"${text}" is no message: 64 hexadecimal digits, or at least the first 8 of them`)
  }
  const found: string[] = []
  let seen = 0
  for await (const { id } of eachItem(client.inbox.messages, { limit: 200 })) {
    if (id.startsWith(digits)) found.push(id)
    if (++seen >= lookedThrough) break
  }
  const [only, ...others] = found
  if (only === undefined) throw new CliError('not-found', `your inbox has no message that begins with ${digits}`)
  if (others.length > 0) throw new CliError('ambiguous', `${found.length} messages begin with ${digits}: give more`)
  return only
}

/** Names of parties, each asked of the node once. */
export class PartyNames {
  readonly #client: Client
  readonly #known = new Map<string, string>()

  constructor(client: Client) {
    this.#client = client
  }

  /** `Agency of X (3f2a9c1d…)`, or the beginning of its URN where the node does not know it. */
  async full(urn: string): Promise<string> {
    const name = await this.name(urn)
    const hex = short(urn.slice(-64))
    return name === hex ? hex : `${name} (${hex})`
  }

  async name(urn: string): Promise<string> {
    const known = this.#known.get(urn)
    if (known !== undefined) return known
    const name = await this.#ask(urn)
    this.#known.set(urn, name)
    return name
  }

  async #ask(urn: string): Promise<string> {
    try {
      return nameOf((await this.#client.party(urn)).names)
    } catch (error) {
      if (error instanceof ClientError && error.problem !== undefined) return short(urn.slice(-64))
      throw error
    }
  }
}

type Delivery = MessageSummary['deliveries'][number]

const said: Readonly<Record<Delivery['state'], string>> = {
  waiting: 'waiting',
  taken: 'files under way',
  delivered: 'delivered',
  failed: 'failed',
}

/** How far it has come to one of those it is for. */
export function standing({ state, code }: Delivery): string {
  return code === undefined ? said[state] : `${said[state]}: ${code}`
}

/** How far it has come, in a word: that of the one it has come least far to. */
export function standingOfAll({ direction, deliveries, whole }: MessageSummary): string {
  if (direction === 'received') return whole.every(Boolean) ? 'received' : 'files arriving'
  const order: readonly Delivery['state'][] = ['failed', 'waiting', 'taken', 'delivered']
  const least = order.find((state) => deliveries.some((each) => each.state === state))
  return least === undefined ? 'kept' : said[least]
}
