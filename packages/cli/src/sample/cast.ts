/** Who appears in the sample register. All of them are invented, and say so in their names. */
import type { PartyPayload } from '@comity/statement'

export type Role = 'keeper' | 'agency' | 'ministry' | 'gateways' | 'packagers' | 'commons' | 'power' | 'watch'

type Member = Pick<PartyPayload, 'names' | 'type'> & Partial<PartyPayload>

/** Alias in the sample's home, and what the party says of itself. XA and XB are codes that ISO 3166 gives to nobody. */
export const cast: Readonly<Record<Role, Member>> = {
  keeper: {
    names: [
      { language: 'en', text: 'Harbour Register (fictitious)' },
      { language: 'fr', text: 'Registre du Port (fictif)' },
    ],
    type: 'organisation',
    contacts: [{ function: 'security', email: 'security@harbour.invalid', languages: ['en', 'fr'] }],
  },
  agency: {
    names: [
      { language: 'en', text: 'Cyber Agency of Arvenia (fictitious)' },
      { language: 'fr', text: 'Agence numérique d’Arvénie (fictive)' },
    ],
    type: 'state',
    state: 'XA',
    contacts: [{ function: 'technical', email: 'cert@agency.invalid', hours: '24/7', languages: ['en', 'fr'] }],
  },
  ministry: {
    names: [{ language: 'en', text: 'Ministry of Digital Affairs of Belmora (fictitious)' }],
    type: 'state',
    state: 'XB',
    contacts: [{ function: 'diplomatic', email: 'desk@ministry.invalid' }],
    // Four eyes: an adherence takes effect once a second person has approved it.
    thresholds: { adherence: 2 },
  },
  gateways: {
    names: [{ language: 'en', text: 'Tideline Gateways (fictitious)' }],
    type: 'provider',
    state: 'XA',
    contacts: [{ function: 'security', email: 'psirt@tideline.invalid', hours: 'Mon–Fri 08:00–17:00 UTC' }],
    domains: ['tideline.invalid'],
  },
  packagers: {
    names: [{ language: 'en', text: 'Comity Packagers (fictitious)' }],
    type: 'provider',
    state: 'XB',
  },
  commons: {
    names: [{ language: 'en', text: 'Packet Commons (fictitious)' }],
    type: 'technical-community',
  },
  power: {
    names: [{ language: 'en', text: 'Saltmarsh Power (fictitious)' }],
    type: 'operator',
    state: 'XB',
  },
  watch: {
    names: [{ language: 'en', text: 'Open Ledger Watch (fictitious)' }],
    type: 'civil-society',
  },
}
