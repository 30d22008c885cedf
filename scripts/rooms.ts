/**
 * Who may import whom. Imports go downward only; this fails the build on an upward, sideways or deep one,
 * on a Node module in a room that must run in browsers, and on a dependency that a room did not declare.
 */
import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Room {
  readonly mayImport: readonly string[]
  /** Runs in browsers as it is: no Node module outside its tests. */
  readonly browserSafe?: boolean
  /**
   * Folders of a room that runs in browsers which run on Node alone. Each has a door of its own, `@comity/room/folder`;
   * nothing else of the room leads into it.
   */
  readonly nodeDoors?: readonly string[]
}

/** What puts the rooms together may import all of these. */
const belowNode = [
  'crypto',
  'log',
  'statement',
  'instruments',
  'exposure',
  'procedures',
  'assessment',
  'contract',
  'store',
]

/** Lowest first. A room that is not listed here does not exist. */
export const rooms: Readonly<Record<string, Room>> = {
  crypto: { mayImport: [] },
  log: { mayImport: [], browserSafe: true },
  instruments: { mayImport: [], browserSafe: true },
  exposure: { mayImport: [], browserSafe: true, nodeDoors: ['files', 'matching-index', 'sigstore'] },
  statement: { mayImport: ['log'], browserSafe: true },
  procedures: { mayImport: ['statement', 'instruments'], browserSafe: true },
  assessment: { mayImport: ['log', 'statement', 'instruments', 'procedures'] },
  contract: { mayImport: ['log', 'statement', 'instruments', 'exposure'], browserSafe: true },
  store: { mayImport: ['log'] },
  node: { mayImport: belowNode },
  cli: { mayImport: [...belowNode, 'node'] },
  testkit: {
    mayImport: ['crypto', 'log', 'statement', 'instruments', 'exposure', 'assessment', 'contract', 'store', 'node'],
  },
}

/** Rooms that any room's tests may use beside what the room itself may import. */
const forTests: ReadonlySet<string> = new Set(['crypto', 'testkit'])

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
const builtin = new Set(builtinModules)

/** Every rule that one source file breaks, as sentences. */
export function violations(file: string, text: string, room: string, declared: ReadonlySet<string>): string[] {
  const found: string[] = []
  const rules = rooms[room]
  if (rules === undefined) return [`${file}: the room "${room}" is not in scripts/rooms.ts`]
  const isTest = file.endsWith('.test.ts') || file.includes('.fixture.')
  const isBrowserSafe = rules.browserSafe === true && !isTest && doorOf(file, room) === undefined
  for (const match of text.matchAll(importPattern)) {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    if (target.startsWith('.')) {
      const from = resolve(root, dirname(file))
      const home = resolve(root, 'packages', room)
      if (!isTest && !resolve(from, target).startsWith(home + sep)) {
        found.push(`${file}: "${target}" leaves the room; import the room's own name instead`)
      }
      const door = doorOf(relative(root, resolve(from, target)), room)
      if (isBrowserSafe && door !== undefined) {
        found.push(`${file}: "${target}" leads from what runs in browsers into ${door}, which does not`)
      }
    } else if (target.startsWith('@comity/')) {
      const [, other = '', ...deep] = target.split('/')
      const isDoor = rooms[other]?.nodeDoors?.includes(deep.join('/')) === true
      if (isDoor && isBrowserSafe) found.push(`${file}: ${room} runs in browsers and may not import "${target}"`)
      if (deep.length > 0 && !isDoor) found.push(`${file}: "${target}" reaches into a room; import "@comity/${other}"`)
      const allowed = rules.mayImport.includes(other) || (isTest && forTests.has(other)) || other === room
      if (!allowed) found.push(`${file}: ${room} may not import ${other} (${rules.mayImport.join(', ') || 'nothing'})`)
    } else {
      const bare = target.replace(/^node:/, '')
      if (target.startsWith('node:') || builtin.has(bare)) {
        if (isBrowserSafe) found.push(`${file}: ${room} runs in browsers and may not import "${target}"`)
      } else {
        const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? '')
        if (!isTest && !declared.has(name)) found.push(`${file}: "${name}" is not in the room's package.json`)
      }
    }
  }
  return found
}

/** The folder with a door of its own that a file of the room lies in. */
function doorOf(file: string, room: string): string | undefined {
  return rooms[room]?.nodeDoors?.find((door) => file.startsWith(join('packages', room, 'src', door) + sep))
}

function check(): string[] {
  const found: string[] = []
  for (const room of globSync('packages/*', { cwd: root }).map((path) => relative('packages', path))) {
    const manifest: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'packages', room, 'package.json'), 'utf8'),
    )
    const declared = new Set(Object.keys(manifest.dependencies ?? {}))
    for (const file of globSync(`packages/${room}/src/**/*.ts`, { cwd: root })) {
      found.push(...violations(file, readFileSync(join(root, file), 'utf8'), room, declared))
    }
  }
  return found
}

if (import.meta.main) {
  const found = check()
  for (const line of found) process.stdout.write(`${line}\n`)
  process.exitCode = found.length === 0 ? 0 : 1
}
