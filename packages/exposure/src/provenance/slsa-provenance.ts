/**
 * SLSA build provenance: v1 (slsa.dev/spec/v1.2, build provenance) and v0.2 (slsa.dev/provenance/v0.2), brought to one
 * form. v0.2 called the resolved dependencies materials, and named the source in `invocation.configSource`.
 */
import type { Fields } from '../json/fields.ts'
import { type Resource, resourceOf } from './resource.ts'

export interface SlsaProvenance {
  readonly version: '0.2' | '1'
  /** Who made the build and vouches for the provenance; absent where the document does not say. */
  readonly builder?: string
  readonly buildType?: string
  /** The run, as the builder numbers it. */
  readonly invocation?: string
  /** RFC 3339, as the document has them. */
  readonly started?: string
  readonly finished?: string
  /** Where the top-level inputs came from: the repository of the source, with its commit. */
  readonly source?: Resource
  /** What went into the build, the source among it. */
  readonly dependencies: readonly Resource[]
  /** What else came out of the build, such as an SBOM. */
  readonly byproducts: readonly Resource[]
}

/** v1: `buildDefinition` and `runDetails`. What is wrong in it is reported by place. */
export function readSlsaV1(fields: Fields): SlsaProvenance {
  const definition = fields.object('buildDefinition')
  const run = fields.object('runDetails')
  const metadata = run?.object('metadata')
  const dependencies = (definition?.objects('resolvedDependencies') ?? []).map(resourceOf)
  return {
    version: '1',
    ...named({
      builder: run?.object('builder')?.needed('id'),
      buildType: definition?.needed('buildType'),
      invocation: metadata?.text('invocationId'),
      started: metadata?.text('startedOn'),
      finished: metadata?.text('finishedOn'),
    }),
    ...sourceOf(dependencies),
    dependencies,
    byproducts: (run?.objects('byproducts') ?? []).map(resourceOf),
  }
}

/** v0.2: `builder`, `buildType`, `invocation`, `metadata`, `materials`. */
export function readSlsaV02(fields: Fields): SlsaProvenance {
  const metadata = fields.object('metadata')
  const configured = fields.object('invocation')?.object('configSource')
  const dependencies = fields.objects('materials').map(resourceOf)
  return {
    version: '0.2',
    ...named({
      builder: fields.object('builder')?.needed('id'),
      buildType: fields.needed('buildType'),
      invocation: metadata?.text('buildInvocationId') ?? metadata?.text('buildInvocationID'),
      started: metadata?.text('buildStartedOn'),
      finished: metadata?.text('buildFinishedOn'),
    }),
    ...sourceOf([...(configured === undefined ? [] : [resourceOf(configured)]), ...dependencies]),
    dependencies,
    byproducts: [],
  }
}

/** The first input that comes from a repository. */
function sourceOf(inputs: readonly Resource[]): { readonly source?: Resource } {
  const source = inputs.find(({ uri }) => uri?.startsWith('git+') === true || uri?.startsWith('git:') === true)
  return source === undefined ? {} : { source }
}

function named(members: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}
