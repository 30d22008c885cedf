/** What `comity serve` is told about strangers: how much they may post, and who may speak for their addresses. */
import { isIP } from 'node:net'
import type { ServerOptions } from '@comity/node'
import { CliError } from '../cli-error.ts'

/** `1000/20`: a thousand posts in one go, twenty a second after that. Throws `usage`. */
export function postRateOf(text: string): NonNullable<ServerOptions['postRate']> {
  const [, burst = '', perSecond = ''] = /^([0-9]{1,6})\/([0-9]{1,6}(?:\.[0-9]{1,3})?)$/.exec(text) ?? []
  if (Number(burst) < 1 || !(Number(perSecond) > 0)) {
    throw new CliError(
      'usage',
      `--post-rate "${text}" is not of the form 1000/20: posts in one go, and a second after that`,
    )
  }
  return { burst: Number(burst), perSecond: Number(perSecond) }
}

/** Addresses and networks, separated by commas. Throws `usage`. */
export function trustedProxiesOf(text: string): string {
  const names = text.split(',').map((each) => each.trim())
  const wrong = names.find((name) => {
    const [address = '', prefix = '0', ...rest] = name.split('/')
    const bits = isIP(address) === 4 ? 32 : 128
    return (
      name !== 'loopback' &&
      (isIP(address) === 0 || rest.length > 0 || !/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > bits)
    )
  })
  if (wrong !== undefined) {
    throw new CliError(
      'usage',
      `--trusted-proxies: "${wrong}" is no address or network such as 10.0.0.0/8, nor loopback`,
    )
  }
  return names.join(',')
}
