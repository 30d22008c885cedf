import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { FederationError } from '../federation-error.ts'
import { scopeOf } from './network-address.ts'

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

/** As this machine resolves names, its hosts file included. */
export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address)

/** Throws `private-address` for an address written into a URL that may not be connected to. */
export function requirePermitted(address: string, allowPrivate: boolean): void {
  if (!isPermitted(address, allowPrivate)) throw notPermitted(address, [address], allowPrivate)
}

/**
 * How a socket finds the address it connects to: names are resolved here and only what was checked here is connected
 * to, so that a name which changes its mind between check and connection gains nothing. Of a name with public and
 * private addresses the public ones are left.
 */
export function checkedLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const find = async (): Promise<void> => {
      try {
        const wanted = ofFamily(await permittedAddresses(hostname, resolve, allowPrivate), options.family)
        const [first] = wanted
        if (first === undefined) throw new FederationError('peer-unreachable', `the name ${hostname} has no address`)
        // Outside of this turn, so that what a socket does with it does not come back here as an error.
        if (options.all === true) setImmediate(callback, null, wanted)
        else setImmediate(callback, null, first.address, first.family)
      } catch (error) {
        setImmediate(callback, error instanceof Error ? error : new Error(String(error)), '')
      }
    }
    void find()
  }
}

async function permittedAddresses(
  hostname: string,
  resolve: Resolve,
  allowPrivate: boolean,
): Promise<readonly string[]> {
  const found = await resolve(hostname)
  const permitted = found.filter((address) => isPermitted(address, allowPrivate))
  if (permitted.length === 0 && found.length > 0) throw notPermitted(hostname, found, allowPrivate)
  return permitted
}

/** `family` as sockets ask for it: 4, 6, `IPv4`, `IPv6`, or nothing for any. */
function ofFamily(addresses: readonly string[], family: number | string | undefined): LookupAddress[] {
  const asked = Number(String(family ?? 0).replace('IPv', ''))
  return addresses
    .map((address) => ({ address, family: isIP(address) }))
    .filter((each) => asked === 0 || each.family === asked)
}

function isPermitted(address: string, allowPrivate: boolean): boolean {
  const scope = scopeOf(address)
  return scope === 'public' || (scope === 'private' && allowPrivate)
}

function notPermitted(host: string, addresses: readonly string[], allowPrivate: boolean): FederationError {
  const shown = addresses.slice(0, 4).join(', ')
  const where = addresses.length === 1 && host === shown ? host : `${host} (${shown})`
  const never = allowPrivate || addresses.every((address) => scopeOf(address) === 'never')
  return new FederationError(
    'private-address',
    never
      ? `${where} is an address that no node can have for others: give a public one, or one of your own network`
      : `${where} is an address of a private network: allow those for this peer if that is meant (--allow-private)`,
  )
}
