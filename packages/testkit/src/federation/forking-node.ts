import { sha256 } from '@comity/crypto'
import { formatVerifierKey, noteType, verifierKey } from '@comity/log'
import { productUrn } from '@comity/statement'
import { dirname } from 'node:path'
import { type SimulatedDisk, simulatedDisk } from '../disk/simulated-disk.ts'
import type { SimulatedNetwork } from './network.ts'
import type { SimulatedNode } from './simulated-node.ts'

const updatePolicy = { mechanism: 'download', consent: 'required', security: 'separate', rollback: true } as const

/** A node whose keeper runs it twice from one data folder, and shows each half of the world another log. */
export class ForkingNode {
  readonly #faces: readonly [SimulatedNode, SimulatedNode]
  /** Statements that only one face has. */
  #lies = 0

  private constructor(faces: readonly [SimulatedNode, SimulatedNode]) {
    this.#faces = faces
  }

  /** From now on `node` answers hosts of side 1 with a second log. `sideOf` tells the side of a host that asks. */
  static async from(
    node: SimulatedNode,
    network: SimulatedNetwork,
    sideOf: (host: string) => number,
  ): Promise<ForkingNode> {
    await node.stop()
    const twin = node.twin(copyOf(node.disk))
    await node.start()
    await twin.start()
    network.connect(node.host, (request) => (sideOf(request.from) === 1 ? twin : node).answer(request))
    return new ForkingNode([node, twin])
  }

  get origin(): string {
    return this.#faces[0].keeper.origin
  }

  /** Whether its two logs differ by now. */
  get hasLied(): boolean {
    return this.#lies > 0
  }

  /** The log's key as a C2SP verifier key. */
  get logKey(): string {
    const { origin, keys } = this.#faces[0].keeper
    return formatVerifierKey(verifierKey(origin, noteType.ed25519, keys.log.publicKey, sha256))
  }

  /** Says something to each side that the other does not hear: both logs grow, and are two from here on. */
  async lie(): Promise<void> {
    const number = this.#lies
    const told = await Promise.all(
      this.#faces.map(async (face, side) => {
        const [party] = face.hosted
        if (party === undefined) return undefined
        const payload = { name: `Told to side ${side} only ${number}`, updatePolicy }
        return face.submit(party.sign('product', productUrn(party.urn, `lie-${number}`), payload, face.now()))
      }),
    )
    if (told.every((each) => each !== undefined)) this.#lies += 1
  }

  async stop(): Promise<void> {
    for (const face of this.#faces) if (face.isUp) await face.stop()
  }
}

/** Another disk with the same files. */
function copyOf(disk: SimulatedDisk): SimulatedDisk {
  const copy = simulatedDisk()
  const { fileSystem } = copy
  const makeDirectory = (path: string): void => {
    if (path === '/' || fileSystem.stat(path) !== undefined) return
    makeDirectory(dirname(path))
    fileSystem.makeDirectory(path)
  }
  for (const [path, bytes] of disk.contents()) {
    makeDirectory(dirname(path))
    const file = fileSystem.open(path, 'create')
    file.pwrite(bytes, 0)
    file.close()
  }
  return copy
}
