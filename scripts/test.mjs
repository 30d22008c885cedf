// `npm test`: installs what is missing and runs every test, or only the files given after `--`.
import { installWhatIsMissing, root, run } from './launch.mjs'

installWhatIsMissing()
process.chdir(root)
const files = process.argv.slice(2)
process.exitCode = await run([
  '--test',
  '--test-concurrency=2',
  ...(files.length > 0 ? files : ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts', 'scripts/**/*.test.ts']),
])
