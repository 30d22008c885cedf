import type { Register } from '../registrar.ts'
import { registerAcknowledge } from './acknowledge.ts'
import { registerAdvisory } from './advisory.ts'
import { registerApprove } from './approve.ts'
import { registerAudit } from './audit.ts'
import { registerBackup } from './backup.ts'
import { registerBonds } from './bonds.ts'
import { registerCarry } from './carry.ts'
import { registerCase } from './case.ts'
import { registerExport } from './export.ts'
import { registerFindings } from './findings.ts'
import { registerInit } from './init.ts'
import { registerInstruments } from './instruments.ts'
import { registerInventory } from './inventory.ts'
import { registerMaintenance } from './maintenance.ts'
import { registerMatches } from './matches.ts'
import { registerMessage } from './message.ts'
import { registerParty } from './party.ts'
import { registerPeer } from './peer.ts'
import { registerPolicy } from './policy.ts'
import { registerProduct } from './product.ts'
import { registerRekey } from './rekey.ts'
import { registerRelease } from './release.ts'
import { registerResources } from './resources.ts'
import { registerServe } from './serve.ts'
import { registerStatements } from './statements.ts'
import { registerToken } from './token.ts'
import { registerVerify } from './verify.ts'
import { registerWithhold } from './withhold.ts'
import { registerWords } from './words.ts'

/** Every verb, in the order in which `comity --help` lists them. */
export const registerVerbs: Register = (program, registrar) => {
  program.commandsGroup('A node:')
  registerServe(program, registrar)
  registerInit(program, registrar)
  registerMaintenance(program, registrar)
  registerBackup(program, registrar)
  registerToken(program, registrar)
  registerRekey(program, registrar)
  registerPolicy(program, registrar)
  registerPeer(program, registrar)
  registerCarry(program, registrar)
  program.commandsGroup('Parties and what they say:')
  registerParty(program, registrar)
  registerBonds(program, registrar)
  registerWords(program, registrar)
  registerProduct(program, registrar)
  registerRelease(program, registrar)
  registerAdvisory(program, registrar)
  registerWithhold(program, registrar)
  registerApprove(program, registrar)
  program.commandsGroup('Cases:')
  registerCase(program, registrar)
  program.commandsGroup('An operator at home:')
  registerInventory(program, registrar)
  registerMatches(program, registrar)
  registerAcknowledge(program, registrar)
  program.commandsGroup('Sealed messages:')
  registerMessage(program, registrar)
  program.commandsGroup('Reading and checking:')
  registerFindings(program, registrar)
  registerInstruments(program, registrar)
  registerResources(program, registrar)
  registerExport(program, registrar)
  registerVerify(program, registrar)
  registerAudit(program, registrar)
  program.commandsGroup('Statements as files:')
  registerStatements(program, registrar)
}
