/**
 * Which scheme orders the versions of which kind of package: by package-URL type (ECMA-427), which is
 * also the type in `vers` ranges, and by the further types that only `vers` has.
 *
 * Julia is missing: no rule for its build numbers has been checked yet. So is `generic`, whose order
 * the VERS specification leaves open.
 */
import { alpineScheme } from './alpine.ts'
import { alpmScheme } from './alpm.ts'
import { conanScheme } from './conan.ts'
import { cranScheme } from './cran.ts'
import { datetimeScheme } from './datetime.ts'
import { debianScheme } from './debian.ts'
import { gentooScheme } from './gentoo.ts'
import { hackageScheme } from './hackage.ts'
import { intdotScheme } from './intdot.ts'
import { lexicographicScheme } from './lexicographic.ts'
import { mavenScheme } from './maven.ts'
import { nginxScheme } from './nginx.ts'
import { nugetScheme } from './nuget.ts'
import { opensslScheme } from './openssl.ts'
import { packagistScheme } from './packagist.ts'
import { pypiScheme } from './pypi.ts'
import { rpmScheme } from './rpm.ts'
import { rubygemsScheme } from './rubygems.ts'
import { goScheme, pubScheme, semverScheme } from './semver.ts'
import type { VersionScheme } from './version-scheme.ts'

/** Package-URL types. */
export const schemeOfPurlType: ReadonlyMap<string, VersionScheme> = new Map([
  ['alpm', alpmScheme],
  ['apk', alpineScheme],
  ['bitnami', semverScheme],
  ['cargo', semverScheme],
  ['composer', packagistScheme],
  ['conan', conanScheme],
  ['cran', cranScheme],
  ['deb', debianScheme],
  ['gem', rubygemsScheme],
  ['golang', goScheme],
  ['hackage', hackageScheme],
  ['hex', semverScheme],
  ['maven', mavenScheme],
  ['npm', semverScheme],
  ['nuget', nugetScheme],
  ['pub', pubScheme],
  ['pypi', pypiScheme],
  ['rpm', rpmScheme],
  ['swift', semverScheme],
])

/** Types of `vers` ranges. */
export const schemeOfVersType: ReadonlyMap<string, VersionScheme> = new Map([
  ...schemeOfPurlType,
  ['datetime', datetimeScheme],
  ['gentoo', gentooScheme],
  ['intdot', intdotScheme],
  ['lexicographic', lexicographicScheme],
  ['nginx', nginxScheme],
  ['openssl', opensslScheme],
  ['semver', semverScheme],
])
