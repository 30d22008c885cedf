import type { ProductResponse, ProductsQuery, ProductSummary, ReleasesQuery, ReleaseSummary } from '@comity/contract'
import { type ProductPayload, parseProductUrn } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { ofParty } from '../../register/of-party.ts'
import { Sight } from '../../register/sight.ts'
import { isLatest, listLatest, type Things, versionsOf } from './latest.ts'
import type { Page } from './page.ts'
import { containing, jsonOf, optional, placeColumns, placeOf } from './rows.ts'

/** Releases and advisories that a product's page shows. */
const shown = 100

const products: Things<ProductSummary> = {
  table: 'product',
  columns:
    'kind_row.sub AS sub, kind_row.name AS name, kind_row.support_until AS support_until, kind_row.portability AS portability',
  read: (row) => ({
    urn: String(row['sub']),
    party: String(row['urn']),
    name: String(row['name']),
    ...optional('supportUntil', row['support_until'], Number),
    portability: row['portability'] === 1,
    statement: placeOf(row),
  }),
}

export const releases: Things<ReleaseSummary> = {
  table: 'release',
  columns:
    'kind_row.sub AS sub, kind_row.product AS product, kind_row.version AS version, kind_row.released AS released, kind_row.sbom AS sbom',
  read: (row) => ({
    urn: String(row['sub']),
    product: String(row['product']),
    party: String(row['urn']),
    version: String(row['version']),
    released: String(row['released']),
    ...optional('sbom', row['sbom'], String),
    statement: placeOf(row),
  }),
}

export function listProducts(database: Database, query: ProductsQuery): Page<ProductSummary> {
  const { q } = query
  return listLatest(database, products, query, [
    [`kind_row.name LIKE ? ESCAPE '\\'`, q === undefined ? undefined : containing(q)],
  ])
}

export function listReleases(database: Database, query: ReleasesQuery): Page<ReleaseSummary> {
  return listLatest(database, releases, query, [['kind_row.product = ?', query.product]])
}

/** A product with its newest versions, releases and advisories; undefined where the log has none under this URN. */
export function productDetails(database: Database, urn: string): ProductResponse | undefined {
  const versions = versionsOf(database, products, urn)
  const [latest] = versions
  if (latest === undefined) return undefined
  return {
    ...products.read(latest),
    names: jsonOf<ProductResponse['names']>(latest['names']),
    payload: jsonOf<ProductPayload>(latest['payload']),
    versions: versions.map(placeOf),
    releases: [...listReleases(database, { product: urn, limit: shown }).items],
    advisories: advisoriesOf(database, urn),
  }
}

/** Latest statements of advisories that name the product; only its own party's can. */
function advisoriesOf(database: Database, product: string): ProductResponse['advisories'] {
  const sight = new Sight(database)
  const owner = parseProductUrn(product)?.party ?? ''
  const select = database.prepare(
    `${ofParty('advisory', {
      columns: `${placeColumns}, kind_row.sub AS sub, kind_row.advisory AS advisory, kind_row.title AS title`,
      condition: `EXISTS (SELECT 1 FROM json_each(kind_row.payload, '$.products') WHERE value = ?4)
        AND ${isLatest('advisory', '?3')}`,
    })} LIMIT ${shown}`,
  )
  const stays = sight.residenceOf(owner)?.stays.toReversed() ?? []
  return stays
    .flatMap(({ party, from, to }) => select.all(party, from, to, product))
    .filter((row) => {
      const stated = { urn: owner, sub: String(row['sub']), effective: Number(row['effective']) }
      return !sight.isReplaced('advisory', stated)
    })
    .slice(0, shown)
    .map((row) => ({
      urn: String(row['sub']),
      id: String(row['advisory']),
      title: String(row['title']),
      statement: placeOf(row),
    }))
}
