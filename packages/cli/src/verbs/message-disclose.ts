import type { Result } from '../context.ts'
import { checkFree, writeFile } from '../output-file.ts'
import { vaultClient } from '../own-vault.ts'
import type { Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'
import { messageIdOf } from './message-text.ts'

interface DiscloseOptions {
  readonly out?: string
  readonly force?: boolean
}

export async function disclose(session: Session, { out, force }: DiscloseOptions, named: string): Promise<Result> {
  if (out !== undefined) checkFree(session.path(out), force)
  const client = await vaultClient(session)
  const id = await messageIdOf(client, named)
  const bytes = await client.inbox.disclosure(id)
  const file = session.path(out ?? `message-${id.slice(0, 8)}.comity.json`)
  writeFile(file, bytes, force)
  return {
    text: [
      'Disclosed: one message, with what proves it',
      fields([
        ['message', id],
        ['file', file],
      ]),
      wrap('Whoever has the file reads the message, and checks it with: comity verify FILE'),
    ].join('\n'),
    json: { id, file, bytes: bytes.length },
  }
}
