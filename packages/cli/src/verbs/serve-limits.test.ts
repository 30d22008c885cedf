import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CliError } from '../cli-error.ts'
import { postRateOf, trustedProxiesOf } from './serve-limits.ts'

const usage = (error: unknown) => error instanceof CliError && error.code === 'usage'

test('how much strangers may post is read as two numbers', () => {
  assert.deepEqual(postRateOf('1000/20'), { burst: 1000, perSecond: 20 })
  assert.deepEqual(postRateOf('5/0.5'), { burst: 5, perSecond: 0.5 })
  for (const text of ['', '20', '0/20', '20/0', '20/0.0', '-1/2', '1/2/3', '1e3/2']) {
    assert.throws(() => postRateOf(text), usage, text)
  }
})

test('proxies are named by address or network', () => {
  assert.equal(trustedProxiesOf('loopback, 10.0.0.0/8,2001:db8::/32'), 'loopback,10.0.0.0/8,2001:db8::/32')
  assert.equal(trustedProxiesOf('192.0.2.1'), '192.0.2.1')
  for (const text of ['', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/x', '10.0.0.1,']) {
    assert.throws(() => trustedProxiesOf(text), usage, text)
  }
})
