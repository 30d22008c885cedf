// `npm run check`: types, lint, format, room boundaries. Every check runs, so that one run shows all that is wrong.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findNode, installWhatIsMissing, root } from './launch.mjs'

installWhatIsMissing()
const node = findNode()
const tool = (name) => join(root, 'node_modules', '.bin', name)
const checks = [
  ['types', node, [tool('tsc'), '-p', 'tsconfig.json']],
  ['lint', node, [tool('oxlint'), '--deny-warnings', 'packages', 'bench', 'tests', 'scripts']],
  ['format', node, [tool('oxfmt'), '--check', '.']],
  ['rooms', node, ['scripts/rooms.ts']],
  ['docs', node, ['scripts/docs.ts', '--check']],
]
const failed = checks.filter(([name, command, args]) => {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  process.stdout.write(`${name}: ${result.status === 0 ? 'ok' : 'FAILED'}\n`)
  return result.status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
