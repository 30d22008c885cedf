import type { Register } from '../registrar.ts'
import { registerAudit } from './audit.ts'
import { registerBackup } from './backup.ts'
import { registerFindings } from './findings.ts'
import { registerInit } from './init.ts'
import { registerInstruments } from './instruments.ts'
import { registerInventory } from './inventory.ts'
import { registerMaintenance } from './maintenance.ts'
import { registerParty } from './party.ts'
import { registerProducts } from './products.ts'
import { registerServe } from './serve.ts'
import { registerStatements } from './statements.ts'
import { registerToken } from './token.ts'
import { registerVerify } from './verify.ts'
import { registerWords } from './words.ts'

/** Every verb, in the order in which `comity --help` lists them. */
export const registerVerbs: Register = (program, registrar) => {
  program.commandsGroup('A node:')
  registerServe(program, registrar)
  registerInit(program, registrar)
  registerMaintenance(program, registrar)
  registerBackup(program, registrar)
  registerToken(program, registrar)
  program.commandsGroup('Parties and what they say:')
  registerParty(program, registrar)
  registerWords(program, registrar)
  registerProducts(program, registrar)
  program.commandsGroup('An operator at home:')
  registerInventory(program, registrar)
  program.commandsGroup('Reading and checking:')
  registerFindings(program, registrar)
  registerInstruments(program, registrar)
  registerVerify(program, registrar)
  registerAudit(program, registrar)
  program.commandsGroup('Statements as files:')
  registerStatements(program, registrar)
}
