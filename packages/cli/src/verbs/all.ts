import type { Register } from '../registrar.ts'

/** Verbs that one file puts into the command. */
export interface Family {
  readonly names: readonly string[]
  load(): Promise<Register>
}

export interface Group {
  /** As `comity --help` heads it. */
  readonly heading: string
  readonly families: readonly Family[]
}

/**
 * Every verb, in the order in which `comity --help` lists them. A family is loaded when it is asked for: all of them are
 * some four hundred files, and most commands need those of one.
 */
export const groups: readonly Group[] = [
  {
    heading: 'A node:',
    families: [
      { names: ['start', 'serve'], load: async () => (await import('./serve.ts')).registerServe },
      { names: ['init'], load: async () => (await import('./init.ts')).registerInit },
      { names: ['status', 'rebuild'], load: async () => (await import('./maintenance.ts')).registerMaintenance },
      { names: ['backup', 'restore'], load: async () => (await import('./backup.ts')).registerBackup },
      { names: ['token'], load: async () => (await import('./token.ts')).registerToken },
      { names: ['rekey'], load: async () => (await import('./rekey.ts')).registerRekey },
      { names: ['policy'], load: async () => (await import('./policy.ts')).registerPolicy },
      { names: ['peer'], load: async () => (await import('./peer.ts')).registerPeer },
      { names: ['source'], load: async () => (await import('./source.ts')).registerSource },
      { names: ['carry'], load: async () => (await import('./carry.ts')).registerCarry },
    ],
  },
  {
    heading: 'Parties and what they say:',
    families: [
      { names: ['party'], load: async () => (await import('./party.ts')).registerParty },
      { names: ['adhere', 'support'], load: async () => (await import('./bonds.ts')).registerBonds },
      { names: ['endorse', 'trust'], load: async () => (await import('./words.ts')).registerWords },
      { names: ['product'], load: async () => (await import('./product.ts')).registerProduct },
      { names: ['release'], load: async () => (await import('./release.ts')).registerRelease },
      { names: ['supply'], load: async () => (await import('./supply.ts')).registerSupply },
      { names: ['advisory'], load: async () => (await import('./advisory.ts')).registerAdvisory },
      { names: ['withhold'], load: async () => (await import('./withhold.ts')).registerWithhold },
      { names: ['approve'], load: async () => (await import('./approve.ts')).registerApprove },
    ],
  },
  {
    heading: 'Cases:',
    families: [
      { names: ['case'], load: async () => (await import('./case.ts')).registerCase },
      { names: ['report'], load: async () => (await import('./report.ts')).registerReport },
    ],
  },
  {
    heading: 'An operator at home:',
    families: [
      { names: ['inventory'], load: async () => (await import('./inventory.ts')).registerInventory },
      { names: ['matches'], load: async () => (await import('./matches.ts')).registerMatches },
      { names: ['supplier'], load: async () => (await import('./supplier.ts')).registerSupplier },
      { names: ['notify'], load: async () => (await import('./notify.ts')).registerNotify },
      { names: ['acknowledge'], load: async () => (await import('./acknowledge.ts')).registerAcknowledge },
    ],
  },
  {
    heading: 'Sealed messages:',
    families: [{ names: ['message'], load: async () => (await import('./message.ts')).registerMessage }],
  },
  {
    heading: 'Reading and checking:',
    families: [
      { names: ['findings'], load: async () => (await import('./findings.ts')).registerFindings },
      { names: ['instruments'], load: async () => (await import('./instruments.ts')).registerInstruments },
      { names: ['resources'], load: async () => (await import('./resources.ts')).registerResources },
      { names: ['export'], load: async () => (await import('./export.ts')).registerExport },
      { names: ['check'], load: async () => (await import('./check.ts')).registerCheck },
      { names: ['verify'], load: async () => (await import('./verify.ts')).registerVerify },
      { names: ['audit', 'diff'], load: async () => (await import('./audit.ts')).registerAudit },
    ],
  },
  {
    heading: 'Statements as files:',
    families: [
      { names: ['scheduled'], load: async () => (await import('./scheduled.ts')).registerScheduled },
      { names: ['sign', 'submit', 'receipt'], load: async () => (await import('./statements.ts')).registerStatements },
    ],
  },
]

/** A verb that was loaded, under the heading of its group. */
export interface Loaded {
  readonly heading: string
  readonly register: Register
}

/** The family of a verb alone; all of them where the name is none of a verb, or nothing is asked for. */
export async function loadVerbs(name?: string): Promise<readonly Loaded[]> {
  const all = groups.flatMap(({ heading, families }) => families.map((family) => ({ heading, family })))
  const asked = all.filter(({ family }) => name !== undefined && family.names.includes(name))
  const wanted = asked.length === 0 ? all : asked
  return Promise.all(wanted.map(async ({ heading, family }) => ({ heading, register: await family.load() })))
}
