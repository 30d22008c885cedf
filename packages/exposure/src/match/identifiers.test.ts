import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parsePurl } from '../purl/purl.ts'
import { identifiersOf, keysOfComponent, productKey } from './identifiers.ts'

describe('the keys of a component', () => {
  it('are those of its package URL, of its CPEs and of its names, each once', () => {
    const component = {
      purl: parsePurl('pkg:npm/relay@1.0.0'),
      cpes: ['cpe:2.3:a:acme:relay:1.0:*:*:*:*:*:*:*', 'cpe:/a:other:relay:1.0', 'cpe:2.3:a:*:relay:1.0:*:*:*:*:*:*:*'],
      vendor: 'Acme',
      group: 'Acme Tools',
      name: 'Relay',
    }
    assert.deepEqual(identifiersOf(component), [
      { by: 'purl', key: 'pkg:npm/relay' },
      { by: 'cpe', key: 'product:acme/relay' },
      { by: 'cpe', key: 'product:other/relay' },
      { by: 'name', key: 'product:acme_tools/relay' },
    ])
    assert.deepEqual(keysOfComponent({ name: 'Relay' }), [])
  })

  const same = ['SINEC NMS', 'sinec_nms', ' Sinec\u00a0 NMS_']
  const others = ['SINEC-NMS', 'SINECNMS', 'SINEC NMS 2', 'SINEC/NMS', 'SINEC®NMS']
  it('fold case, white space and underscores, and nothing else', () => {
    assert.equal(new Set(same.map((name) => productKey('Siemens', name))).size, 1)
    assert.equal(new Set([...others, 'sinec nms'].map((name) => productKey('Siemens', name))).size, 6)
  })

  it('keep-vendor-and-product-apart, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (vendor, product) => {
        assert.equal(productKey(vendor, product).split('/').length, 2)
        assert.equal(productKey(vendor.toUpperCase().toLowerCase(), product), productKey(vendor.toUpperCase(), product))
      }),
    )
  })
})
