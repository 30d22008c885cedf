import { randomBytes } from '@comity/crypto'
import type { ReceptionParts } from './receiving/reception.ts'
import { openingKeyOf } from './message/seal-keys.ts'

/** How long messages that are sealed to a key are still opened after it has ended, in seconds: thirty days. */
export const sealKeyTerm = 30 * 86_400

/** A key with which a party opens messages, as it is listed. */
export interface SealKeyInfo {
  readonly kid: string
  /**
   * `current`: its newest statement names it · `ended`: it names it no more, messages on their way are still opened ·
   * `unnamed`: no statement has named it · `expired`: its time is over, and it is destroyed.
   */
  readonly state: 'current' | 'ended' | 'unnamed' | 'expired'
}

/** The seal keys of hosted parties: how they come, and how they end. */
export class SealKeyBook {
  readonly #parts: ReceptionParts

  constructor(parts: ReceptionParts) {
    this.#parts = parts
  }

  /**
   * Keeps a private key (JWK of X25519 or P-256) with which messages for a party are opened. Others seal to it from the
   * party's next statement on that names it. Returns its thumbprint. Throws `bad-name`.
   */
  async add(party: string, jwk: unknown): Promise<string> {
    const { kid } = openingKeyOf(jwk)
    const { desk, reader, now } = this.#parts
    await desk.write(async (pen) => {
      const at = now()
      const { keyId, opening } = await pen.host(party, at)
      if (opening.length > 0) await pen.record(opening)
      const partition = reader.partitionOf(party)
      if (partition !== undefined && reader.sealKeys(partition).some((each) => each.kid === kid)) return
      const key = `seal/${Buffer.from(randomBytes(16)).toString('hex')}`
      await desk.keyring.createKey(key)
      const sealed = desk.keyring.encrypt(key, Buffer.from(JSON.stringify(jwk)), Buffer.from(kid))
      const text = Buffer.from(sealed).toString('base64url')
      await pen.record([{ keyId, event: { type: 'seal-key', kid, key, jwk: text, at } }])
    })
    return kid
  }

  list(party: string): readonly SealKeyInfo[] {
    const { reader, directory } = this.#parts
    const partition = reader.partitionOf(party)
    const named = directory.find(party)?.state.keys ?? []
    return (partition === undefined ? [] : reader.sealKeys(partition)).map(({ kid, opening }) => {
      const keys = named.filter((key) => key.kid === kid)
      if (opening === undefined) return { kid, state: 'expired' }
      if (keys.length === 0) return { kid, state: 'unnamed' }
      return { kid, state: keys.some(({ to }) => to === undefined) ? 'current' : 'ended' }
    })
  }

  /** Destroys the keys whose time is over. */
  async sweep(): Promise<void> {
    const { desk, reader, directory, now } = this.#parts
    for (const partition of desk.partitions.all()) {
      const author = directory.find(partition.party)
      if (author === undefined) continue
      for (const { kid, key, opening } of reader.sealKeys(partition)) {
        const named = author.state.keys.filter((each) => each.kid === kid)
        if (opening === undefined || named.length === 0 || named.some(({ to }) => to === undefined)) continue
        const endedAt = Math.max(...named.map(({ to }) => author.timeOf(to ?? 0) ?? Infinity))
        if (endedAt + sealKeyTerm <= now()) await desk.keyring.destroy(key)
      }
    }
  }
}
