/** Backups over HTTP: long ones, that say how far they are, and targets that cannot be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '@comity/store'
import { served } from './server.fixture.ts'

async function withBackup(
  context: Parameters<typeof served>[0],
  backup: NonNullable<NonNullable<Parameters<typeof served>[1]>['backup']>,
) {
  const { as, vault } = await served(context, { backup })
  return as((await vault.issueToken({ party: null, admin: true, label: 'admin' })).secret)
}

test('a long backup answers before it has ended, says how many bytes are done, and is alone', async (context) => {
  let end: () => void = () => assert.fail('it was not begun')
  const admin = await withBackup(context, async (directory, onProgress) => {
    onProgress?.('copying', 40, 100)
    await new Promise<void>((resolve) => (end = resolve))
    return { directory, size: 3, bytes: 100 }
  })
  const heard: unknown[] = []
  const made = admin.backup({ directory: '/backups/one' }, (...said) => {
    heard.push(said)
    if (heard.length === 2) {
      void assert
        .rejects(admin.backup({ directory: '/backups/two' }), { code: 'backup-running', status: 409 })
        .then(end)
    }
  })
  assert.deepEqual(await made, { directory: '/backups/one', size: 3, bytes: 100 })
  assert.deepEqual(heard[0], ['copying', 40, 100])
  await assert.rejects(admin.backup({ directory: 'relative' }), { code: 'bad-request', status: 400 })
})

test('a target that cannot be is said to be so, whether at once or later', async (context) => {
  const errors: Error[] = []
  let isLate = false
  let goOn: () => void = () => {}
  const admin = await withBackup(context, async () => {
    if (isLate) await new Promise<void>((resolve) => (goOn = resolve))
    throw errors.shift() ?? new Error('no more errors')
  })
  const system = (code: string, path: string) =>
    new StoreError('io', `failed: ${code}`, { cause: Object.assign(new Error(code), { code, path }) })
  const ask = () => admin.backup({ directory: '/backups/one' }, () => goOn())
  for (isLate of [false, true]) {
    errors.push(new StoreError('not-empty', '/backups/one must be empty'))
    await assert.rejects(ask(), { code: 'target-not-empty', status: 409, message: '/backups/one must be empty' })
    errors.push(system('EACCES', '/backups'))
    await assert.rejects(ask(), {
      code: 'target-not-writable',
      status: 409,
      message: /^\/backups\/one .*on the machine of the node.*permission denied/,
    })
    errors.push(new StoreError('disk-full', 'ENOSPC'))
    await assert.rejects(ask(), { code: 'target-full', status: 409 })
  }
  isLate = false
  errors.push(system('EACCES', '/data/secret'), new Error('a defect with a secret'))
  for (let i = 0; i < 2; i++) {
    await assert.rejects(ask(), (error) => error instanceof Error && /Error inside the node/.test(error.message))
  }
})
