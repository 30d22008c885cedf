/** A small document that is valid CSAF 2.0, and ways to publish and to spoil it. */
import { sha256Hex } from '@comity/crypto'
import { advisoryUrn, type CorePayloads, productUrn } from '@comity/statement'
import type { Actor } from '@comity/testkit'
import type { ComityNode } from '../node.ts'

export interface CsafLike {
  readonly id?: string
  readonly version?: string
  /** Null for none. */
  readonly label?: string | null
  readonly initial?: string
  readonly current?: string
  readonly publisher?: string
  /** Set to spoil it: test 6.1.11 asks for the name that CWE gives. */
  readonly weakness?: string
}

export function csafDocument({
  id = 'NORTH-2026:001',
  version = '1',
  label = 'WHITE',
  initial = '2026-11-20T12:00:00Z',
  current = initial,
  publisher = 'North',
  weakness = "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')",
}: CsafLike = {}): object {
  const revisions = Array.from({ length: Number(version) }, (_, i) => ({
    date: i === 0 ? initial : current,
    number: String(i + 1),
    summary: i === 0 ? 'First version' : 'More is known',
  }))
  return {
    document: {
      category: 'csaf_security_advisory',
      csaf_version: '2.0',
      lang: 'en',
      title: `Of ${id}`,
      notes: [{ category: 'summary', text: 'Pads to the wrong side' }],
      publisher: { category: 'vendor', name: publisher, namespace: 'https://north.example' },
      ...(label === null ? {} : { distribution: { tlp: { label } } }),
      tracking: {
        id,
        status: 'final',
        version,
        initial_release_date: initial,
        current_release_date: current,
        revision_history: revisions,
      },
    },
    product_tree: {
      branches: [
        {
          category: 'vendor',
          name: publisher,
          branches: [
            {
              category: 'product_name',
              name: 'Gateway',
              branches: [
                {
                  category: 'product_version_range',
                  name: 'vers:npm/<2.1.1',
                  product: { name: 'Gateway before 2.1.1', product_id: 'P1' },
                },
              ],
            },
          ],
        },
      ],
    },
    vulnerabilities: [
      {
        cve: 'CVE-2026-0001',
        cwe: { id: 'CWE-79', name: weakness },
        notes: [{ category: 'description', text: 'Pads to the wrong side' }],
        product_status: { known_affected: ['P1'] },
        remediations: [{ category: 'vendor_fix', details: 'Update to 2.1.1', product_ids: ['P1'] }],
      },
    ],
  }
}

export const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(JSON.stringify(value)))

/** Files an advisory whose document is these bytes, and the document. Its statement's identifier. */
export async function publish(
  node: ComityNode,
  publisher: Actor,
  { id, bytes, at, more = {} }: { id: string; bytes: Uint8Array; at: number; more?: Partial<CorePayloads['advisory']> },
): Promise<string> {
  const digest = `sha256:${sha256Hex(bytes)}`
  await node.documents.put(digest, bytes)
  const product = productUrn(publisher.urn, 'gateway')
  const published = new Date(at * 1000).toISOString().replace('.000', '')
  const payload: CorePayloads['advisory'] = {
    id,
    products: [product],
    title: id,
    published,
    modified: published,
    document: digest,
    documents: [{ digest, size: bytes.length, type: 'application/json' }],
    ...more,
  }
  const { id: statement } = await node.submit(publisher.sign('advisory', advisoryUrn(publisher.urn, id), payload, at))
  return statement
}
