import { checkTlogPolicy, LogError, parseCheckpoint, parseNote } from '@comity/log'
import type { PayloadProblem } from './kind.ts'

/*
 * Texts of logs (C2SP) inside payloads. Their form is checked here, so that whoever reads a log later need not expect
 * anything else; signatures and key IDs are for whoever relies on them.
 */

/** What is wrong with a signed checkpoint (C2SP tlog-checkpoint, with or without cosignatures), or undefined. */
export function checkpointProblem(pointer: string, note: string): PayloadProblem | undefined {
  return problemOf(pointer, () => parseCheckpoint(parseNote(note).text))
}

/** What is wrong with a policy (C2SP tlog-policy), or undefined. */
export function policyProblem(pointer: string, policy: string): PayloadProblem | undefined {
  return problemOf(pointer, () => checkTlogPolicy(policy))
}

function problemOf(pointer: string, read: () => unknown): PayloadProblem | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    return { pointer, message: error.message.slice(0, 300) }
  }
}
