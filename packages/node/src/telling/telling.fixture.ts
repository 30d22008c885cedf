import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { serving } from '../federation/peers/guarded-fetch.fixture.ts'
import { type House, closeHouse, houseIn, sbom } from '../vault/vault.fixture.ts'
import { isGenuine } from './channels/standard-webhooks.ts'
import { WebhookCaller } from './channels/webhook.ts'
import { Telling, type TellingOptions } from './telling.ts'

/** A message as a receiver got it. */
export interface Got {
  readonly id: string
  readonly body: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface Receiver {
  readonly url: string
  readonly got: readonly Got[]
  /** What it answers from here on. */
  answer: { readonly status: number; readonly headers?: Record<string, string> }
  /** Hears that a message came, before it is answered; without an answer where it says no. */
  onMessage: () => boolean
}

/** A receiver of webhooks on a port of this machine. */
export async function receiver(context: TestContext): Promise<Receiver> {
  const got: Got[] = []
  const found: Pick<Receiver, 'answer' | 'onMessage'> = { answer: { status: 204 }, onMessage: () => true }
  const url = await serving(context, async (request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    got.push({ id: headers['webhook-id'] ?? '', body: await bodyOf(request), headers })
    if (!found.onMessage()) return
    response.writeHead(found.answer.status, found.answer.headers).end()
  })
  return Object.assign(found, { url: `${url}/hook`, got })
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer) // a byte stream
  return Buffer.concat(pieces).toString()
}

/** A house whose operator keeps an inventory of some packages, and is told. */
export interface TellingHouse extends House {
  readonly telling: Telling
  readonly operatorUrn: string
  /** Tells until nothing is due any more, without moving the clock. */
  settle(): Promise<void>
}

/** Telling beside a vault, driven by hand. */
export function tellingOf(
  { vault, clock }: Pick<House, 'vault' | 'clock'>,
  options: Partial<TellingOptions> = {},
): Telling {
  const now = () => clock.now()
  const webhooks = new WebhookCaller({ now, allowPrivate: true })
  return new Telling({ vault, now, webhooks, allowPrivate: true, random: () => 0.5, ...options })
}

export async function tellingHouse(context: TestContext, options: Partial<TellingOptions> = {}): Promise<TellingHouse> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-telling-'))
  const own = await houseIn(directory)
  const telling = tellingOf(own, options)
  context.after(async () => {
    await telling.stop()
    await closeHouse(own)
    rmSync(directory, { recursive: true, force: true })
  })
  const { vault, clock, operator } = own
  await vault.addInventory(operator.urn, 'Plant 1', sbom('left@1.0.0', 'right@2.0.0'))
  await vault.settled()
  const settle = async (): Promise<void> => {
    await vault.settled()
    for (let rounds = 0; rounds < 100 && (await telling.step(clock.now())) <= clock.now(); rounds++);
  }
  return { ...own, telling, operatorUrn: operator.urn, settle }
}

/** Whether a message is genuine and fresh. */
export function genuine(secret: string | undefined, { headers, body }: Got, at: number): boolean {
  return isGenuine(secret ?? '', headers, body, at)
}
