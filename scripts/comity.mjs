#!/usr/bin/env node
// The `comity` command. A `bin` that points at TypeScript fails on Node 20, so this hands over to Node 24.
import { commandOptions, launch } from './launch.mjs'

process.exitCode = await launch('packages/cli/src/main.ts', process.argv.slice(2), commandOptions)
