export * from './clock.ts'
export * from './disk/faulty-file-system.ts'
export * from './disk/simulated-disk.ts'
export * from './actors.ts'
