// `node scripts/run.mjs FILE ARG…`: installs what is missing and runs FILE under Node ≥ 24.
import { launch } from './launch.mjs'

const [file, ...args] = process.argv.slice(2)
process.exitCode = await launch(file, args)
