/**
 * Which network an IP address belongs to (IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 6890).
 *
 * What is not known to be public is not public: of IPv6 only 2000::/3 is given out at all.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * `public`: anybody's · `private`: of a network or a machine of one's own, reached only where the keeper allows it ·
 * `never`: of no peer whatever the keeper says, such as link-local ones, where clouds answer with their credentials.
 */
export type AddressScope = 'public' | 'private' | 'never'

const private4 = blockList('ipv4', [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // shared by carriers, RFC 6598
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
])

const never4 = blockList('ipv4', [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16], // link-local
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
])

const private6 = blockList('ipv6', [
  ['::1', 128],
  ['fc00::', 7], // unique local
])

const given6 = blockList('ipv6', [['2000::', 3]])

const never6 = blockList('ipv6', [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['3fff::', 20], // documentation
])

/** Prefixes whose addresses carry an IPv4 address, and the 16-bit group it begins at. */
const carriers: readonly (readonly [BlockList, number])[] = [
  [blockList('ipv6', [['64:ff9b::', 96]]), 6], // NAT64, RFC 6052
  [blockList('ipv6', [['2002::', 16]]), 1], // 6to4, RFC 3056
]

/** The scope of an address as text; `never` for what is no address. A zone (`%eth0`) makes one link-local. */
export function scopeOf(address: string): AddressScope {
  if (isIPv4(address)) return scopeOf4(address)
  if (!isIPv6(address) || address.includes('%')) return 'never'
  const groups = groupsOf(address)
  // BlockList takes an IPv4-mapped address for the IPv4 address it carries, so mapped ones are told by their groups.
  if (isMapped(groups)) return scopeOf4(embedded(groups, 6))
  const carrier = carriers.find(([list]) => list.check(address, 'ipv6'))
  if (carrier !== undefined) return scopeOf4(embedded(groups, carrier[1]))
  if (private6.check(address, 'ipv6')) return 'private'
  return given6.check(address, 'ipv6') && !never6.check(address, 'ipv6') ? 'public' : 'never'
}

function scopeOf4(address: string): AddressScope {
  if (private4.check(address, 'ipv4')) return 'private'
  return never4.check(address, 'ipv4') ? 'never' : 'public'
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
}

/** The IPv4 address that two groups hold. */
function embedded(groups: readonly number[], from: number): string {
  return [groups[from] ?? 0, groups[from + 1] ?? 0].flatMap((group) => [group >> 8, group & 0xff]).join('.')
}

/** The eight 16-bit groups of a valid IPv6 address. */
export function groupsOf(address: string): readonly number[] {
  // URL writes the address in hexadecimal alone, also where its end was written as IPv4.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array.from({ length: gap }, () => '0'), ...right].map((group) => Number.parseInt(group, 16))
}

function blockList(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family)
  return list
}
