import { readFileSync } from 'node:fs'

/** Resident memory of a process in bytes, now (VmRSS of proc(5)) and at its most so far (VmHWM). */
export function memoryOf(process: number | 'self'): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${process}/status`, 'utf8')
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') }
}
