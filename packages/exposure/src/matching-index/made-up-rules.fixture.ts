/** Components and rules as tests make them. */
import type { OsvRule, StatedRule } from '../match/rule.ts'
import type { IndexedComponent } from './index.ts'

export function npm(name: string, version?: string): IndexedComponent {
  return { keys: [`pkg:npm/${name}`], version }
}

export function below(name: string, fixed: string, more: Partial<OsvRule> = {}): OsvRule {
  const events = [{ kind: 'introduced', version: '0' } as const, { kind: 'fixed', version: fixed } as const]
  const head = { key: `pkg:npm/${name}`, advisory: 'A', pointer: '/affected/0', ecosystem: 'npm', name }
  return { ...head, ranges: [{ type: 'SEMVER', events }], versions: [], ...more }
}

/** A product that is affected as a part of another one only. */
export function inside(name: string, whole: string): StatedRule {
  const within = [
    { label: whole, keys: [`pkg:npm/${whole}`], covers: { kind: 'version', version: '1.0.0', order: 'npm' } as const },
  ]
  const claims = [{ state: 'affected', covers: { kind: 'all' }, within, pointer: '/claims/0' } as const]
  const head = { key: `pkg:npm/${name}`, advisory: 'A', pointer: '', format: 'CSAF', by: 'purl' } as const
  return { ...head, vulnerability: 'CVE-1', product: name, claims }
}
