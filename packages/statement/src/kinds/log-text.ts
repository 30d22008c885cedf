import { checkTlogPolicy, LogError, parseCheckpoint, parseNote, parseTlogProof } from '@comity/log'
import { digestText } from '../identifiers.ts'
import type { LogPrefix } from './fields.ts'
import type { PayloadProblem } from './kind.ts'

/*
 * Texts of logs (C2SP) inside payloads. Their form is checked here, so that whoever reads a log later need not expect
 * anything else. Key IDs take a hash function and are for the judge of a log, signatures for whoever relies on them.
 */

/** What is wrong with a signed checkpoint (C2SP tlog-checkpoint, with or without cosignatures), or undefined. */
export function checkpointProblem(pointer: string, note: string): PayloadProblem | undefined {
  return problemOf(pointer, () => parseCheckpoint(parseNote(note).text))
}

/** What is wrong with a signed checkpoint that has to be the one of `prefix`, or undefined. */
export function checkpointOfProblem(pointer: string, note: string, prefix: LogPrefix): PayloadProblem | undefined {
  const malformed = checkpointProblem(pointer, note)
  if (malformed !== undefined) return malformed
  const { origin, size, root } = parseCheckpoint(parseNote(note).text)
  const named = { origin, size, root: digestText(root) }
  for (const member of ['origin', 'size', 'root'] as const) {
    if (named[member] === prefix[member]) continue
    return { pointer, message: `its ${member} is ${named[member]}, not ${prefix[member]} as beside it` }
  }
  return undefined
}

/** What is wrong with a proof (C2SP tlog-proof) under the checkpoint of `prefix`, or undefined. */
export function proofProblem(pointer: string, text: string, prefix: LogPrefix): PayloadProblem | undefined {
  const malformed = problemOf(pointer, () => parseTlogProof(text))
  if (malformed !== undefined) return malformed
  const { index, checkpoint } = parseTlogProof(text)
  if (index >= prefix.size) return { pointer, message: `entry ${index} is not among the first ${prefix.size}` }
  return checkpointOfProblem(pointer, checkpoint, prefix)
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
