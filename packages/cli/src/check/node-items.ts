import { type Client, ClientError, eachItem } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import { ExposureError, type SourceItem } from '@comity/exposure'

/**
 * The documents of the advisories that a node's register holds and that nobody withdrew, each under the identifier its
 * publisher gave it. What is withheld, or does not have its digest, is refused; errors of the node are thrown.
 */
export async function* nodeItems(client: Client): AsyncGenerator<SourceItem> {
  for await (const { id, withdrawn, document } of eachItem(client.advisories, { limit: 200 })) {
    if (withdrawn || document === undefined) continue
    yield await itemOf(client, id, document)
  }
}

async function itemOf(client: Client, name: string, digest: string): Promise<SourceItem> {
  try {
    const bytes = await client.document(digest)
    if (`sha256:${sha256Hex(bytes)}` === digest) return { name, bytes }
    return { name, refusal: new ExposureError('wrong-digest', `the node gives another document than ${digest}`) }
  } catch (error) {
    if (!(error instanceof ClientError) || (error.code !== 'withheld' && error.code !== 'not-found')) throw error
    return { name, refusal: new ExposureError('unreadable', `its document is not to be had: ${error.code}`) }
  }
}
