import type { ProductResponse, ProductsQuery, ProductSummary, ReleasesQuery, ReleaseSummary } from '@comity/contract'
import type { ProductPayload } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { limitOf, numericCursor, type Page, pageOf } from './page.ts'
import { containing, jsonOf, optional, placeColumns, placeJoin, placeOf, type Row, where } from './rows.ts'

/** Rows of each sort that a product's page shows. */
const shown = 100

const productColumns = `${placeColumns}, party.urn AS urn, kind_row.sub AS sub, kind_row.name AS name,
  kind_row.support_until AS support_until, kind_row.portability AS portability`

const releaseColumns = `${placeColumns}, party.urn AS urn, kind_row.sub AS sub, kind_row.product AS product,
  kind_row.version AS version, kind_row.released AS released, kind_row.sbom AS sbom`

/** No later statement about the same thing has taken effect. */
const isLatest = (table: 'product' | 'release') =>
  `NOT EXISTS (SELECT 1 FROM ${table} later WHERE later.sub = kind_row.sub AND later.effective > kind_row.effective)`

/** Products as their latest statement has them, what was stated last first. */
export function listProducts(database: Database, query: ProductsQuery): Page<ProductSummary> {
  const limit = limitOf(query)
  const { party, q } = query
  const rows = database
    .prepare(
      `SELECT ${productColumns} FROM product kind_row ${placeJoin}
       ${where(
         'kind_row.effective < :before',
         isLatest('product'),
         party !== undefined && 'party.urn = :party',
         q !== undefined && `kind_row.name LIKE :q ESCAPE '\\'`,
       )} ORDER BY kind_row.effective DESC LIMIT :rows`,
    )
    .all({
      before: numericCursor(query, Number.MAX_SAFE_INTEGER),
      rows: limit + 1,
      ...(party === undefined ? {} : { party }),
      ...(q === undefined ? {} : { q: containing(q) }),
    })
  return pageOf(rows, limit, productOf, (row) => String(row['effective']))
}

/** Releases as their latest statement has them, what was stated last first. */
export function listReleases(database: Database, query: ReleasesQuery): Page<ReleaseSummary> {
  const limit = limitOf(query)
  const { party, product } = query
  const rows = database
    .prepare(
      `SELECT ${releaseColumns} FROM release kind_row ${placeJoin}
       ${where(
         'kind_row.effective < :before',
         isLatest('release'),
         party !== undefined && 'party.urn = :party',
         product !== undefined && 'kind_row.product = :product',
       )} ORDER BY kind_row.effective DESC LIMIT :rows`,
    )
    .all({
      before: numericCursor(query, Number.MAX_SAFE_INTEGER),
      rows: limit + 1,
      ...(party === undefined ? {} : { party }),
      ...(product === undefined ? {} : { product }),
    })
  return pageOf(rows, limit, releaseOf, (row) => String(row['effective']))
}

/** A product with its newest versions, releases and advisories; undefined where the log has none under this URN. */
export function productDetails(database: Database, urn: string): ProductResponse | undefined {
  const rows = database
    .prepare(
      `SELECT ${productColumns}, party.names AS names, kind_row.payload AS payload
       FROM product kind_row ${placeJoin} WHERE kind_row.sub = ? ORDER BY kind_row.effective DESC LIMIT ${shown}`,
    )
    .all(urn)
  const [latest] = rows
  if (latest === undefined) return undefined
  const releases = listReleases(database, { product: urn, limit: shown })
  return {
    ...productOf(latest),
    names: jsonOf<ProductResponse['names']>(latest['names']),
    payload: jsonOf<ProductPayload>(latest['payload']),
    versions: rows.map(placeOf),
    releases: [...releases.items],
    advisories: advisoriesOf(database, urn),
  }
}

/** Latest statements of advisories that name the product; only its own party's can. */
function advisoriesOf(database: Database, product: string): ProductResponse['advisories'] {
  return database
    .prepare(
      `SELECT ${placeColumns}, kind_row.sub AS sub, kind_row.advisory AS advisory, kind_row.title AS title
       FROM advisory kind_row JOIN entry ON entry.position = kind_row.position
       WHERE kind_row.party = (SELECT party FROM product WHERE sub = :product LIMIT 1)
         AND EXISTS (SELECT 1 FROM json_each(kind_row.payload, '$.products') WHERE value = :product)
         AND NOT EXISTS (SELECT 1 FROM advisory later WHERE later.sub = kind_row.sub AND later.effective > kind_row.effective)
       ORDER BY kind_row.effective DESC LIMIT ${shown}`,
    )
    .all({ product })
    .map((row) => ({
      urn: String(row['sub']),
      id: String(row['advisory']),
      title: String(row['title']),
      statement: placeOf(row),
    }))
}

function productOf(row: Row): ProductSummary {
  return {
    urn: String(row['sub']),
    party: String(row['urn']),
    name: String(row['name']),
    ...optional('supportUntil', row['support_until'], Number),
    portability: row['portability'] === 1,
    statement: placeOf(row),
  }
}

function releaseOf(row: Row): ReleaseSummary {
  return {
    urn: String(row['sub']),
    product: String(row['product']),
    party: String(row['urn']),
    version: String(row['version']),
    released: String(row['released']),
    ...optional('sbom', row['sbom'], String),
    statement: placeOf(row),
  }
}
