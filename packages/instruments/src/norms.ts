/** The letters (a) to (k) of paragraph 13. */
export type NormId = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k'

/** One of the eleven voluntary norms of responsible State behaviour. */
export interface Norm {
  readonly id: NormId
  readonly citation: string
  /** A short description in the project's own words. */
  readonly summary: string
}

function norm(id: NormId, summary: string): Norm {
  return { id, citation: `A/70/174, para 13 (${id})`, summary }
}

/** The norms of the 2015 Group of Governmental Experts, A/70/174, paragraph 13. */
export const norms: readonly Norm[] = [
  norm('a', 'Work together on measures that make digital technology more stable and secure.'),
  norm('b', 'Before attributing an incident, weigh all that is known about it and around it.'),
  norm('c', 'Do not knowingly let one’s territory serve for wrongful acts by digital means.'),
  norm('d', 'Exchange information and assist each other against terrorist and criminal use.'),
  norm('e', 'Respect human rights online, privacy and free expression among them.'),
  norm('f', 'Do not damage or impair critical infrastructure that serves the public.'),
  norm('g', 'Protect one’s own critical infrastructure.'),
  norm('h', 'Answer another State’s request for help when its critical infrastructure is hit.'),
  norm('i', 'Keep the supply chain sound; stop malicious tools and hidden functions spreading.'),
  norm('j', 'Encourage responsible reporting of vulnerabilities and share the remedies.'),
  norm('k', 'Leave emergency response teams unharmed, and do not use one’s own to do harm.'),
]
