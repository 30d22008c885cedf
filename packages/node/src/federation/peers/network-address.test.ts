import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AddressScope, groupsOf, scopeOf } from './network-address.ts'

const known: Readonly<Record<AddressScope, readonly string[]>> = {
  public: [
    '9.9.9.9',
    '100.63.255.255',
    '100.128.0.0',
    '172.32.0.1',
    '198.20.0.1',
    '2620:fe::fe',
    '2001:4860:4860::8888',
    '::ffff:9.9.9.9',
    '::ffff:909:909',
    '64:ff9b::9.9.9.9',
    '2002:909:909::1',
  ],
  private: [
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fc00::1',
    'fdff:ffff::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.1.2.3',
    '64:ff9b::10.1.2.3',
    '64:ff9b::a01:203',
    '2002:a01:203::1',
    '2002:7f00:1::',
  ],
  never: [
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::127.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:0:127.0.0.1',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::10.0.0.1',
    '2002:a9fe:a9fe::1',
    '100::1',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fe80::1',
    'fe80::1%eth0',
    '2620:fe::fe%eth0',
    'fec0::1',
    'ff02::1',
    '127.1',
    'localhost',
    '',
  ],
}

test('every special range is told from public addresses, whatever form carries it', () => {
  for (const [scope, addresses] of Object.entries(known))
    for (const address of addresses) assert.equal(scopeOf(address), scope, address)
})

test('an IPv4 address has the same scope in every IPv6 form that carries it', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const hex = groupsOf(`::ffff:${address}`)
        .slice(6)
        .map((group) => group.toString(16))
        .join(':')
      const scope = scopeOf(address)
      for (const form of [`::ffff:${address}`, `::ffff:${hex}`, `64:ff9b::${address}`, `2002:${hex}::5`])
        assert.equal(scopeOf(form), scope, form)
    }),
  )
})

test('an IPv6 address has one scope in all its spellings, and eight groups', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const groups = groupsOf(address)
      assert.equal(groups.length, 8)
      const plain = groups.map((group) => group.toString(16)).join(':')
      assert.equal(scopeOf(plain), scopeOf(address))
      assert.equal(scopeOf(plain.toUpperCase()), scopeOf(address))
    }),
  )
})
