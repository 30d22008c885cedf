/**
 * Rules of the registered package-URL types (ECMA-427, clause 6), one row per type definition of the
 * purl specification as of August 2026. A type without a row is legal: it has the general rules only.
 *
 * Only what changes identity stands here: whether a namespace must or must not be present, which
 * components are case-insensitive, and which have a form of their own. Descriptions and registries
 * of the definitions are of no use to matching.
 */
export interface PurlTypeRules {
  /** `optional` when absent. */
  readonly namespace?: 'required' | 'prohibited'
  /** Components whose canonical form is lowercase. */
  readonly lowercase?: readonly ('namespace' | 'name' | 'version' | 'subpath')[]
  /** Qualifiers without which the name identifies nothing. */
  readonly requiredQualifiers?: readonly string[]
  /** Further normalisation of the name, after case folding. */
  readonly normaliseName?: (name: string, qualifiers: Readonly<Record<string, string>>) => string
  /** A word on what is wrong with the name or version, or undefined when it is acceptable. */
  readonly refuse?: (name: string, version: string | undefined) => string | undefined
  /** The namespace is the first segment alone; what follows, slashes included, is the name. */
  readonly nameTakesSegments?: true
}

const everything = ['namespace', 'name'] as const

export const purlTypes: Readonly<Record<string, PurlTypeRules>> = {
  alpm: { namespace: 'required', lowercase: everything },
  apk: { namespace: 'required', lowercase: everything },
  bazel: { namespace: 'prohibited' },
  bitbucket: { namespace: 'required', lowercase: everything },
  bitnami: { namespace: 'prohibited', lowercase: ['name'] },
  brew: { lowercase: everything },
  cargo: { namespace: 'prohibited' },
  'chrome-extension': {
    namespace: 'prohibited',
    lowercase: ['name'],
    refuse: (name, version) => {
      if (!/^[a-p]{32}$/.test(name)) return 'an extension is named by 32 letters from a to p'
      if (version !== undefined && !/^\d+(?:\.\d+){0,3}$/.test(version)) {
        return 'the version is one to four numbers joined by points'
      }
      return undefined
    },
  },
  cocoapods: { namespace: 'prohibited' },
  composer: { namespace: 'required', lowercase: everything },
  conda: { namespace: 'prohibited' },
  cpan: {
    refuse: (name) => (name.includes('::') ? 'a distribution name has no "::"; that is a module name' : undefined),
  },
  cran: { namespace: 'prohibited' },
  deb: { namespace: 'required', lowercase: everything },
  gem: { namespace: 'prohibited' },
  git: { namespace: 'required', nameTakesSegments: true },
  github: { namespace: 'required', lowercase: everything },
  // The definition demands a namespace, but the standard library and the toolchain have none and
  // are packages that advisories name; see docs/decisions/purl.md.
  golang: {},
  hackage: { namespace: 'prohibited', normaliseName: (name) => name.replaceAll('_', '-') },
  hex: { lowercase: everything },
  huggingface: { namespace: 'required', lowercase: ['version'] },
  julia: { namespace: 'prohibited', requiredQualifiers: ['uuid'] },
  luarocks: { lowercase: everything },
  maven: { namespace: 'required' },
  mlflow: {
    namespace: 'prohibited',
    // Model names are case-insensitive on one of the two servers that the definition knows.
    normaliseName: (name, qualifiers) =>
      qualifiers['repository_url']?.includes('databricks') === true ? name.toLowerCase() : name,
  },
  nuget: { namespace: 'prohibited' },
  oci: { namespace: 'prohibited', lowercase: ['name', 'version'] },
  opam: { namespace: 'prohibited' },
  otp: { namespace: 'prohibited', lowercase: ['name', 'subpath'] },
  pub: {
    namespace: 'prohibited',
    lowercase: ['name'],
    normaliseName: (name) => name.replaceAll(/[^a-z0-9_]/g, '_'),
  },
  pypi: {
    namespace: 'prohibited',
    lowercase: ['name', 'version'],
    normaliseName: (name) => name.replaceAll('_', '-'),
  },
  qpkg: { namespace: 'required', lowercase: ['namespace'] },
  rpm: { namespace: 'required', lowercase: ['namespace'] },
  swid: { requiredQualifiers: ['tag_id'] },
  swift: { namespace: 'required' },
  vcpkg: { namespace: 'prohibited' },
  'vscode-extension': { namespace: 'required', lowercase: ['namespace', 'name', 'version'] },
  yocto: { lowercase: ['namespace'] },
}

/** The rules of a type; a type that is not registered has none of its own. */
export function rulesOfType(type: string): PurlTypeRules {
  return Object.hasOwn(purlTypes, type) ? (purlTypes[type] ?? {}) : {}
}
