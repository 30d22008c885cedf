// `npm start`: a node on http://localhost:8480; the sample register when no node has been founded yet.
import { commandOptions, launch } from './launch.mjs'

process.exitCode = await launch('packages/cli/src/main.ts', ['start', ...process.argv.slice(2)], commandOptions)
