import { partyTypes } from './party-type.ts'
import type { Citation, Provision } from './provision.ts'

/** The place of one of the Code's eleven lettered pledges. */
function pledge(letter: string): Citation {
  const place = `annex, para (${letter})`
  return {
    letter: 'letter dated 12 September 2011 to the Secretary-General',
    place,
    symbol: 'A/66/359',
    text: `A/66/359, ${place}`,
  }
}

/** The Code: eleven pledges of every State that adheres. */
export const codeProvisions: readonly Provision[] = [
  {
    id: 'code-a',
    instrument: 'code',
    citation: pledge('a'),
    title: 'Charter, sovereignty, human rights, diversity of systems',
    binds: ['state'],
    duty: 'to-do',
    summary:
      'The Charter and the settled rules between States hold online as well: no State’s sovereignty, borders or political independence is touched, human rights and basic freedoms are honoured, and nobody’s history, culture or way of ordering society is taken as a fault.',
    does: 'Adherence with declarations, reservations, objections and withdrawal; a safeguards gate on every assistance request; a reply is always possible.',
    onRecord: 'Adherence; gates answered.',
  },
  {
    id: 'code-b',
    instrument: 'code',
    citation: pledge('b'),
    title: 'No hostile use, no proliferation of information weapons',
    binds: ['state'],
    duty: 'not-to-do',
    summary:
      'Networks and digital tools serve no hostile act, no aggression and nothing that puts peace between States at risk; weapons made of information, and the means to build them, are not handed on.',
    does: 'Complaints with custody of evidence, attribution in layers and a right of reply; notices of transfers of intrusion tools.',
    onRecord: 'Cases with replies; transfer notices.',
  },
  {
    id: 'code-c',
    instrument: 'code',
    citation: pledge('c'),
    title: 'Cooperation against criminal and terrorist use',
    binds: ['state'],
    duty: 'to-do',
    summary:
      'States help each other against crime and terrorism that rely on digital means, and against the spread of content that stirs up terrorism, secession or extremism or is meant to unsettle another country’s politics, economy, society or culture. Its measure is harm to other States.',
    does: 'Contacts around the clock, preservation and assistance requests; restriction notices as claims on a public record, each with the conditions it does not meet.',
    onRecord: 'Answers given, by report; never due or overdue.',
  },
  {
    id: 'code-d',
    instrument: 'code',
    citation: pledge('d'),
    title: 'Supply chain; nobody’s independent control undermined',
    binds: ['state', 'provider'],
    duty: 'to-do',
    summary:
      'Work for a safe supply chain of digital goods and services, so that whoever commands resources, critical facilities, core technology or another advantage cannot use it to take from an adhering country the control of its own systems or to endanger other countries.',
    does: 'SBOM and provenance of every release; dependence and concentration; continuity commitments; notices of supply restriction.',
    onRecord: 'Evidence; notices; continuity.',
  },
  {
    id: 'code-e',
    instrument: 'code',
    citation: pledge('e'),
    title: 'Protecting information space and critical infrastructure, under law',
    binds: ['state', 'operator'],
    duty: 'to-do',
    summary:
      'Each State has the right, and the duty, to keep its information space and its vital digital facilities safe from danger, outage, attack and sabotage, and does so within the law.',
    does: 'Critical-infrastructure inventory kept at home, incident notification with clocks, requests for help, exercises.',
    onRecord: 'Clocks; exercises; contacts answering.',
  },
  {
    id: 'code-f',
    instrument: 'code',
    citation: pledge('f'),
    title: 'Rights and freedoms, information included',
    binds: ['state'],
    duty: 'to-do',
    summary:
      'Rights and freedoms count in full in information space. People may look for information, obtain it and pass it on; the law of the land gives the frame.',
    does: 'Restriction record with legality, necessity, proportionality, notice, appeal, expiry and reinstatement; anyone may record an unannounced restriction.',
    onRecord: 'Notices complete or not; appeals answered.',
  },
  {
    id: 'code-g',
    instrument: 'code',
    citation: pledge('g'),
    title: 'Multilateral, transparent, democratic management of the internet',
    binds: ['state', 'organisation'],
    duty: 'to-do',
    summary:
      'The internet should be run by an international arrangement in which many States decide together, openly and democratically, so that its resources are shared fairly, everybody can get on it, and it keeps working safely.',
    does: 'Proposals, consensus or a public roll-call with one State one vote, decisions linked to their implementation; distribution of number resources and access; stability incidents of shared infrastructure.',
    onRecord: 'Votes; implementation reports.',
  },
  {
    id: 'code-h',
    instrument: 'code',
    citation: pledge('h'),
    title: 'Every part of society knows its role',
    binds: partyTypes,
    duty: 'to-do',
    summary:
      'Help all of society to see its own part in information security, among other ways by working with business, so that habits of security take root and vital facilities are better guarded.',
    does: 'Partnerships, exercises, readiness checks on request, learning material.',
    onRecord: 'Partnerships, exercises.',
  },
  {
    id: 'code-i',
    instrument: 'code',
    citation: pledge('i'),
    title: 'Help for developing countries; the digital divide',
    binds: ['state', 'organisation'],
    duty: 'to-do',
    summary:
      'Developing countries get help to build their own strength in information security, and the gap between the connected and the unconnected is narrowed.',
    does: 'Needs, offers, choice by the requester, projects with milestones; unmet needs published; access indicators.',
    onRecord: 'Offers; milestones.',
  },
  {
    id: 'code-j',
    instrument: 'code',
    citation: pledge('j'),
    title: 'Cooperation, norms, coordination between organisations',
    binds: ['state', 'organisation'],
    duty: 'to-do',
    summary:
      'Cooperation grows between two States, in regions and worldwide; the United Nations is backed as the place where norms are made, disputes are settled peacefully and joint work improves; and the organisations in charge act in step.',
    does: 'Directory of contacts with ping tests; agreements register; federation; crosswalk to the eleven UN norms; mandates of organisations side by side.',
    onRecord: 'Contacts answering; agreements in force.',
  },
  {
    id: 'code-k',
    instrument: 'code',
    citation: pledge('k'),
    title: 'Peaceful settlement; no threat or use of force',
    binds: ['state'],
    duty: 'not-to-do',
    summary:
      'When States differ over how the Code applies, they look for a peaceful way out, and force is neither used nor held out as a threat.',
    does: 'Disputes: consultation, good offices, mediation, enquiry, conciliation, arbitration, referral; with clocks, never a default judgement.',
    onRecord: 'Cases with replies.',
  },
]
