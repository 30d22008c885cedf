// Runs before Node 24 is there, so it is plain JavaScript that Node 20 understands and imports nothing installed.
// It brings node_modules in line with the lockfile, finds a Node that can run TypeScript, and hands over to it.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * How Node runs the command: with a nursery of twice 8 MiB instead of 16, as a node that serves has its whole nursery
 * resident and works hardly more for half of it; and with one thread that looks for garbage in the background, so that
 * requests never wait for a core behind several. See docs/decisions/memory.md and pauses.md there.
 */
export const commandOptions = ['--max-semi-space-size=8', '--concurrent-marking-max-worker-num=1', '--expose-gc']

/** The oldest Node that runs the product: type stripping and `node:sqlite` without flags. */
const oldestMajor = 24

const stamp = join(root, 'node_modules', '.comity-lockfile-sha256')

/** Runs `npm ci` when the lockfile differs from the one last installed. */
export function installWhatIsMissing() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('comity: installing what the lockfile names (npm ci) …\n')
  // npm tells its own path to the scripts it runs; outside npm the one on PATH is used.
  const npm = process.env.npm_execpath
  const command = npm ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const before = npm ? [npm] : []
  const result = spawnSync(command, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // npm's report belongs beside ours: standard output is the command's own.
    stdio: ['ignore', 2, 2],
    shell: command.endsWith('.cmd'),
  })
  if (result.error?.code === 'ENOENT') stop('npm was not found: install npm 10 or later, which comes with Node.js')
  if (result.status !== 0) stop(`npm ci failed with exit code ${result.status}: its message is above`)
  writeFileSync(stamp, wanted)
}

/** The path of a Node that is new enough: this one, or the one that came with the packages. */
export function findNode() {
  const { version, platform, arch, execPath } = process
  if (isNewEnough(version)) return execPath
  const packaged = join(root, 'node_modules', `node-${platform}-${arch}`, 'bin', 'node')
  const answer = existsSync(packaged) ? spawnSync(packaged, ['--version'], { encoding: 'utf8' }) : undefined
  if (answer?.status === 0 && isNewEnough(answer.stdout.trim())) return packaged
  stop(noNodeMessage({ version, platform, arch }))
}

/** Whether a Node of this version, such as `v24.1.0`, runs the product. */
export function isNewEnough(version) {
  return Number(/^v([0-9]+)\./.exec(version)?.[1] ?? 0) >= oldestMajor
}

/** What somebody is told whose Node is too old, on a platform that no packaged Node exists for. */
export function noNodeMessage({ version, platform, arch }) {
  return (
    `Node.js ${oldestMajor} or later is needed and this is ${version}. ` +
    `No packaged Node exists here for ${platform}-${arch}: ` +
    `install Node.js ${oldestMajor} or later and run the same command again`
  )
}

/** Installs, then runs `file` (from the project's root) under Node ≥ 24 and ends with its exit code. */
export function launch(file, args, nodeOptions = []) {
  installWhatIsMissing()
  return run([...understood(nodeOptions), ...(file ? [join(root, file)] : []), ...args])
}

/** Those of the options that the Node at hand knows: those of its engine come and go with its versions. */
function understood(options) {
  const node = findNode()
  if (node !== process.execPath || process.version.startsWith(`v${oldestMajor}.`)) return options
  return options.filter((option) => spawnSync(node, [option, '--version']).status === 0)
}

/** Runs Node ≥ 24 with these arguments, passes signals on, and resolves with the exit code. */
export function run(args) {
  const node = findNode()
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: 'inherit',
    // What the child starts in turn (`node`, the tools in .bin) must be the same Node. Two arenas are enough for threads
    // that verify and hash; the C library would give each of them one, and keep what it once took.
    env: {
      MALLOC_ARENA_MAX: '2',
      ...process.env,
      PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child)
  return new Promise((resolve) => {
    child.on('error', (error) => stop(`could not start ${node}: ${error.message}`))
    child.on('exit', (code, signal) => resolve(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1)))
  })
}

/** How often the parent is looked at, in milliseconds. */
const parentCheck = 250

/**
 * Ends the child when this process has lost its parent. npm passes SIGTERM on to the shell that it runs scripts in, and
 * the shell ends without a word to us: the server would hold port and folder with nobody there to stop it.
 */
function endWithParent(child) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    child.kill('SIGTERM')
  }, parentCheck)
  timer.unref()
}

function stop(message) {
  process.stderr.write(`${wrapped(`comity: ${message}`)}\n`)
  process.exit(1)
}

/** In lines of at most 80 columns, as everything that the command says. */
function wrapped(text) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== '' && last.length + 1 + word.length > 80) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}
