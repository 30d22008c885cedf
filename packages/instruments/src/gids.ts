import type { Citation, Provision } from './provision.ts'

/** The Initiative's paragraphs carry no number; they are cited by their place in the annex. */
function proposal(place: string): Citation {
  const letter = 'letter dated 18 September 2020 to the Secretary-General'
  return { letter, place: `annex, ${place}`, text: `Annex to the ${letter}, ${place}` }
}

/** The Initiative: eight proposals, and the call to confirm them by agreements. */
export const gidsProvisions: readonly Provision[] = [
  {
    id: 'gids-1',
    instrument: 'gids',
    citation: proposal('first proposal'),
    title: 'Evidence-based data security; open, secure, stable supply chain',
    binds: ['state', 'provider'],
    duty: 'to-do',
    summary:
      'Questions of data security are looked at as a whole, without bias and on facts, and the world’s supply of digital goods and services stays open, safe and steady, with no supplier treated worse for where it comes from.',
    does: 'Every claim carries evidence; product register; supply-restriction notices with reasons.',
    onRecord: 'As code-d.',
  },
  {
    id: 'gids-2',
    instrument: 'gids',
    citation: proposal('second proposal'),
    title: 'Critical-infrastructure data of others left alone',
    binds: ['state'],
    duty: 'not-to-do',
    summary:
      'Stand against digital operations that tamper with or steal important data of another State’s critical infrastructure, or that turn such data against its security and its public.',
    does: 'An incident linked to a complaint, as code-b.',
    onRecord: 'Cases with replies.',
  },
  {
    id: 'gids-3',
    instrument: 'gids',
    citation: proposal('third proposal'),
    title: 'Personal information protected; no mass surveillance of other States',
    binds: ['state', 'provider'],
    duty: 'both',
    summary:
      'Act so that digital means stop putting people’s data in danger; and do not watch other States’ populations wholesale, nor gather their people’s data without leave.',
    does: 'Collection declared against collection observed; breach notification under each law’s clock; complaints.',
    onRecord: 'Declarations, observations, clocks; cases.',
  },
  {
    id: 'gids-4',
    instrument: 'gids',
    citation: proposal('fourth proposal'),
    title: 'Companies obey local law; no forced storage at home',
    binds: ['state', 'provider'],
    duty: 'to-do',
    summary:
      'Companies are to keep the law of the place where they work, and no State makes its own companies bring home data that arose or were acquired in other countries.',
    does: 'Data rules published as signed, dated, cited rules; a check that flags forced home storage.',
    onRecord: 'Rules; declarations.',
  },
  {
    id: 'gids-5',
    instrument: 'gids',
    citation: proposal('fifth proposal'),
    title: 'Sovereignty over data; no reach through companies or persons',
    binds: ['state', 'provider'],
    duty: 'not-to-do',
    summary:
      'Another State decides about the data under its authority. Nobody fetches data located there by way of a company or a person unless that State has agreed.',
    does: 'A decision on every access request: permitted, prohibited or undetermined, with the rules that decided; direct requests recorded.',
    onRecord: 'Cases; reports.',
  },
  {
    id: 'gids-6',
    instrument: 'gids',
    citation: proposal('sixth proposal'),
    title: 'Data abroad through legal assistance or agreements; third States unharmed',
    binds: ['state', 'provider'],
    duty: 'to-do',
    summary:
      'Whoever enforces the law and needs data kept abroad asks through legal assistance or under an agreement that applies; and what two States agree on access leaves the courts and the data of a third one unharmed.',
    does: 'Legal assistance; agreements as rules; third-State conflict check and objection.',
    onRecord: 'Agreements without known conflict; clocks by report.',
  },
  {
    id: 'gids-7',
    instrument: 'gids',
    citation: proposal('seventh proposal'),
    title: 'No backdoors, no unlawful control or collection',
    binds: ['provider'],
    // The paragraph is worded as a restraint, yet it has a ladder: that nothing is hidden can be
    // shown, by rebuilding and inspecting what was declared.
    duty: 'to-do',
    summary:
      'A product or service hides no entrance through which its maker unlawfully takes users’ data or steers their systems and devices.',
    does: 'Behaviour declared against behaviour observed; what overrides the user’s consent is flagged even when declared; reproducible builds by inspectors in several States; reports of hidden functions.',
    onRecord: 'Inspections, reproductions, open reports.',
  },
  {
    id: 'gids-8',
    instrument: 'gids',
    citation: proposal('eighth proposal'),
    title: 'No abuse of dependence, no forced upgrades; vulnerabilities told and remedied',
    binds: ['provider'],
    duty: 'to-do',
    summary:
      'That users rely on a product is no licence to exploit them, and no one is made to upgrade. A provider undertakes to tell partners and users soon about serious weaknesses of its products, and to offer a way to fix them.',
    does: 'Update policy declared against mechanism observed; portability, end of support; coordinated disclosure, CSAF, local matching, proof of notice, remedies with clocks.',
    onRecord: 'Clocks, remedies, policies.',
  },
  {
    id: 'gids-9',
    instrument: 'gids',
    citation: proposal('closing paragraph'),
    title: 'Confirmed by agreements; supported by companies',
    binds: ['state', 'provider'],
    duty: 'to-do',
    summary:
      'States are asked to back the Initiative and to make its promises firm in agreements between two States, in a region or worldwide; companies active across the world are invited to back it too.',
    does: 'Agreements and support statements.',
    onRecord: 'Agreements in force; support.',
  },
]
