import { ClientError } from '@comity/contract'
import { ExposureError } from '@comity/exposure'
import { LogError } from '@comity/log'
import { StatementError } from '@comity/statement'
import { StoreError } from '@comity/store'
import { CliError, exitCodes } from './cli-error.ts'
import { defaultWidth, plain, widthOf, wrap } from './terminal/text.ts'

/** An error as a command ends with it. */
export interface ReportedError {
  readonly exitCode: number
  readonly text: string
  readonly json: {
    readonly error: {
      readonly code: string
      readonly message: string
      readonly pointer?: string
      readonly choices?: readonly string[]
    }
  }
}

/** Codes of a node's problem that are about the node's state, not about what it was asked. */
const notARefusal: ReadonlySet<string> = new Set([
  'unreachable',
  'unexpected-response',
  'service-unavailable',
  'internal-error',
])

/**
 * Turns whatever a command threw into a message, a code and an exit code. What is no error of this house is a defect;
 * its stack trace is shown to those who set $COMITY_DEBUG.
 */
export async function reportError(error: unknown, debug = false): Promise<ReportedError> {
  const { code, exitCode, message, pointer } = await classify(error)
  const isDefect = exitCode === exitCodes.defect
  const choices = error instanceof CliError ? error.choices : undefined
  const text = wrap(`comity: ${plain(message)}`)
  // What was typed a moment ago is cut; a path that is to be looked at stays whole.
  const lines = [code === 'usage' ? withinWidth(text) : text]
  if (choices !== undefined) lines.push(choices.text)
  if (pointer !== undefined && pointer !== '') lines.push(`  at ${plain(pointer)}`)
  if (!isDefect && code !== 'usage') lines.push(`  code ${code}`)
  if (isDefect) lines.push('  This is a defect of the program. COMITY_DEBUG=1 shows where it happened.')
  if (debug && error instanceof Error) lines.push(error.stack ?? '')
  return {
    exitCode,
    text: lines.join('\n'),
    json: {
      error: {
        code,
        message,
        ...(pointer === undefined || pointer === '' ? {} : { pointer }),
        ...(choices === undefined ? {} : { choices: choices.names }),
      },
    },
  }
}

/** Breaks words that are wider than a line. */
function withinWidth(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const pieces: string[] = []
      let piece = ''
      for (const character of line) {
        if (widthOf(piece + character) > defaultWidth) {
          pieces.push(piece)
          piece = ''
        }
        piece += character
      }
      return [...pieces, piece]
    })
    .join('\n')
}

interface Classified {
  readonly code: string
  readonly exitCode: number
  readonly message: string
  readonly pointer?: string | undefined
}

async function classify(error: unknown): Promise<Classified> {
  if (error instanceof CliError) {
    return { code: error.inner ?? error.code, exitCode: error.exitCode, message: error.message, pointer: error.pointer }
  }
  if (error instanceof ClientError) return ofClient(error)
  if (error instanceof StatementError || error instanceof ExposureError) {
    const pointer = 'pointer' in error && typeof error.pointer === 'string' ? error.pointer : undefined
    return { code: error.code, exitCode: exitCodes.usage, message: error.message, pointer }
  }
  if (error instanceof LogError) return { code: error.code, exitCode: exitCodes.usage, message: error.message }
  if (error instanceof StoreError) return unavailable(error)
  // Loaded only now: most commands never need the room that throws these.
  const { AuditError, NodeError } = await import('@comity/node')
  const { AssessmentError } = await import('@comity/assessment')
  if (error instanceof AuditError && error.code === 'bad-option')
    return { code: error.code, exitCode: exitCodes.usage, message: error.message }
  if (error instanceof AuditError || error instanceof NodeError || error instanceof AssessmentError)
    return unavailable(error)
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'defect', exitCode: exitCodes.defect, message }
}

function unavailable({ code, message }: { readonly code: string; readonly message: string }): Classified {
  return { code, exitCode: exitCodes.unavailable, message: hintFor(code, message) }
}

function ofClient({ code, message, problem, status }: ClientError): Classified {
  const isRefusal = code === 'frozen' || (!notARefusal.has(code) && (status === undefined || status < 500))
  return {
    code,
    exitCode: isRefusal ? exitCodes.refused : exitCodes.unavailable,
    message: isRefusal ? `refused: ${hintFor(code, message)}` : hintFor(code, message),
    pointer: problem?.pointer,
  }
}

/** What to do about it, where the room that said it could not know. */
function hintFor(code: string, message: string): string {
  if (code === 'unreachable') return `${atNode(message)}. Start a node with "comity serve", or name one with --node`
  if (code === 'folder-in-use')
    return `${message}. Another process holds this folder: a running node, or a command at work`
  if (code === 'not-authorised' || code === 'unauthorised')
    return `${message}. Tokens come from "comity token issue"; give one with --token-file`
  if (code === 'kind-not-admitted') {
    const kind = /the kind ([a-z][a-z-]*)/.exec(message)?.[1] ?? 'KIND'
    return `${message}. The keeper of that log admits it with "comity policy admit ${kind}"`
  }
  return message
}

/** The address of the node in place of that of the request: the path says nothing about why nobody answers. */
function atNode(message: string): string {
  return message.replace(/https?:\/\/\S+(?=:)/, (url) => (URL.canParse(url) ? new URL(url).origin : url))
}
