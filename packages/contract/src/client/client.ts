import { caseCalls } from './case-calls.ts'
import { filingCalls } from './filing-calls.ts'
import { inboxCalls } from './inbox-calls.ts'
import { logCalls } from './log-calls.ts'
import { oscalCalls } from './oscal-calls.ts'
import { ownCaseCalls, submissionCalls } from './own-case-calls.ts'
import { adminCalls, vaultCalls } from './private-calls.ts'
import { reportCalls } from './report-calls.ts'
import { registerCalls } from './register-calls.ts'
import { type ClientOptions, Transport } from './transport.ts'

/**
 * A client of one node, with a method for every endpoint. It runs wherever `fetch` is.
 *
 * Every method rejects with {@link ClientError}: `code` is the node's problem code, `unreachable` when no answer came,
 * `unexpected-response` when it was none of this interface.
 */
export function createClient(options: ClientOptions) {
  const transport = new Transport(options)
  return {
    ...logCalls(transport),
    ...registerCalls(transport),
    ...caseCalls(transport),
    ...filingCalls(transport),
    ...adminCalls(transport),
    ownCases: ownCaseCalls(transport),
    submissions: submissionCalls(transport),
    vault: vaultCalls(transport),
    inbox: inboxCalls(transport),
    reports: reportCalls(transport),
    oscal: oscalCalls(transport),
    /** The address of a path of this node, for links. */
    url: (path: string) => transport.url(path),
  }
}

export type Client = ReturnType<typeof createClient>
