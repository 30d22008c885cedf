import { assessParty, currentRuleset, explain, type Facts, type Ref } from '@comity/assessment'

const vendor = 'urn:comity:party:vendor'
const ref = (index: number, kind: string, party = vendor): Ref => {
  const place = { origin: 'log.example', index, id: `${index}` }
  return { ...place, kind, party, iat: 1_000, at: 1_000, contested: false }
}
const told = [ref(4, 'acknowledgement', 'urn:comity:party:operator')]
const facts: Facts = {
  party: (urn) => (urn === vendor ? { urn, type: 'provider', home: 'log.example' } : undefined),
  bound: () => [vendor],
  adherence: (_, instrument) =>
    instrument === 'gids' ? { ref: ref(1, 'support'), form: 'support', declarations: [], reservations: [] } : undefined,
  products: () => [{ ref: ref(2, 'product'), sub: 'urn:comity:product:vendor:router', updatePolicy: true }],
  releases: () => [],
  advisories: () => [{ ref: ref(3, 'advisory'), sub: 'urn:comity:advisory:vendor:1', document: 'present', told }],
  supplied: () => [],
  notices: () => [],
  cases: () => [],
}
const cut = [{ origin: 'log.example', size: 6, root: 'sha256:…' }]
const request = { cut, at: 1_000, ruleset: currentRuleset, trust: null }

export const finding = assessParty(vendor, request, facts).findings.find((each) => each.provision === 'gids-8')
export const explanation = explain(vendor, 'gids-8', request, facts)
