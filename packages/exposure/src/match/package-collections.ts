/**
 * The registries that CVE records name in `collectionURL`, by host, and the OSV ecosystem whose names `packageName` then
 * is of. Only those whose packages are named in one way.
 */
const ecosystems: ReadonlyMap<string, string> = new Map([
  ['central.sonatype.com', 'Maven'],
  ['cran.r-project.org', 'CRAN'],
  ['crates.io', 'crates.io'],
  ['hackage.haskell.org', 'Hackage'],
  ['hex.pm', 'Hex'],
  ['npmjs.com', 'npm'],
  ['npmjs.org', 'npm'],
  ['nuget.org', 'NuGet'],
  ['packagist.org', 'Packagist'],
  ['pkg.go.dev', 'Go'],
  ['proxy.golang.org', 'Go'],
  ['pub.dev', 'Pub'],
  ['pypi.org', 'PyPI'],
  ['pypi.python.org', 'PyPI'],
  ['repo.hex.pm', 'Hex'],
  ['repo.maven.apache.org', 'Maven'],
  ['repo.packagist.org', 'Packagist'],
  ['repo1.maven.org', 'Maven'],
  ['rubygems.org', 'RubyGems'],
  ['search.maven.org', 'Maven'],
])

/** What hosts are called beside the name of the registry itself. */
const collectionUrl = /^https?:\/\/(?:(?:www|registry)\.)?(?<host>[^/?#:]{1,253})/i

/** The ecosystem of a collection, or undefined when it is not known here. */
export function ecosystemOfCollection(url: string | undefined): string | undefined {
  const host = url === undefined ? undefined : collectionUrl.exec(url)?.groups?.['host']
  return host === undefined ? undefined : ecosystems.get(host.toLowerCase())
}
