import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CsafAdvisory } from './csaf-advisory.ts'
import { readCsaf } from './read-csaf.ts'
import { productResolver } from './resolve-product.ts'

function advisoryWith(
  ...relationships: readonly (readonly [id: string, component: string, platform: string])[]
): CsafAdvisory {
  return readCsaf({
    document: { csaf_version: '2.0', tracking: { id: 'EX-1', version: '1', status: 'final' } },
    product_tree: {
      full_product_names: ['openssl', 'os', 'appliance'].map((id) => ({ product_id: id, name: id })),
      relationships: relationships.map(([id, component, platform]) => ({
        category: 'default_component_of',
        product_reference: component,
        relates_to_product_reference: platform,
        full_product_name: { product_id: id, name: id },
      })),
    },
  }).advisory
}

function shown(advisory: CsafAdvisory, id: string): string {
  const found = productResolver(advisory)(id)
  if (found === undefined) return 'nothing'
  return [found.component, ...found.platforms].map((product) => product.id).join(' on ')
}

describe('productResolver', () => {
  it('gives a product itself when it consists of nothing else', () => {
    assert.equal(shown(advisoryWith(), 'openssl'), 'openssl')
  })

  it('follows a product to its innermost part, and names what that runs on from the inside outwards', () => {
    const advisory = advisoryWith(['in-os', 'openssl', 'os'], ['in-appliance', 'in-os', 'appliance'])
    assert.equal(shown(advisory, 'in-os'), 'openssl on os')
    assert.equal(shown(advisory, 'in-appliance'), 'openssl on os on appliance')
  })

  it('follows the paths of 2.1, which have several steps at once', () => {
    const { advisory } = readCsaf({
      document: { csaf_version: '2.1', tracking: { id: 'EX-1', version: '1', status: 'final' } },
      product_tree: {
        full_product_names: ['openssl', 'os', 'appliance'].map((id) => ({ product_id: id, name: id })),
        product_paths: [
          {
            beginning_product_reference: 'openssl',
            full_product_name: { product_id: 'all', name: 'all' },
            subpaths: [
              { category: 'default_component_of', next_product_reference: 'os' },
              { category: 'installed_on', next_product_reference: 'appliance' },
            ],
          },
        ],
      },
    })
    assert.equal(shown(advisory, 'all'), 'openssl on os on appliance')
  })

  it('gives nothing for what is not there, lacks an end, or consists of itself', () => {
    const advisory = advisoryWith(['half', 'openssl', 'gone'], ['a', 'b', 'os'], ['b', 'a', 'os'])
    for (const id of ['gone', 'half', 'a', 'b']) assert.equal(shown(advisory, id), 'nothing')
  })
})
