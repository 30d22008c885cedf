/** Draws `docs/house.svg` from the table that the build enforces, so the picture cannot fall behind the walls. */
import { rooms } from './rooms.ts'

/** What each room is for, in a few words, and on which floor it stands; the table says who may import whom. */
const floors: readonly (readonly (readonly [room: string, purpose: string])[])[] = [
  [
    ['cli', 'the comity command: puts it all together'],
    ['testkit', 'actors, histories, failing disks'],
  ],
  [['node', 'pipeline, register, vault, audit, HTTP']],
  [
    ['assessment', 'one file a provision → findings'],
    ['contract', 'API schemas, codes, typed client'],
    ['store', 'streams, blobs, cells, keyring'],
  ],
  [['procedures', 'cases: roles, moves, clocks']],
  [['statement', 'COSE, receipts, parties, kinds']],
  [
    ['log', 'Merkle tree, tiles, notes, proofs'],
    ['instruments', 'the twenty provisions as data'],
    ['exposure', 'purl, SBOM, OSV, matching'],
    ['crypto', 'one verdict, Node and browser'],
  ],
]

const width = 960
const boxHeight = 64
const floorHeight = 118
const margin = 24

interface Box {
  readonly room: string
  readonly purpose: string
  readonly x: number
  readonly y: number
  readonly width: number
}

function boxes(): readonly Box[] {
  return floors.flatMap((floor, level) => {
    const boxWidth = Math.min(300, (width - margin * (floor.length + 1)) / floor.length)
    const gap = (width - boxWidth * floor.length) / (floor.length + 1)
    return floor.map(([room, purpose], place) => ({
      room,
      purpose,
      x: gap + place * (boxWidth + gap),
      y: margin + level * floorHeight,
      width: boxWidth,
    }))
  })
}

/** Imports that say something: not those that another import already brings along. */
function ownImports(room: string): readonly string[] {
  const direct = rooms[room]?.mayImport ?? []
  const further = new Set(direct.flatMap((each) => [...reachable(each)]))
  return direct.filter((each) => !further.has(each))
}

function reachable(room: string, found = new Set<string>()): ReadonlySet<string> {
  for (const each of rooms[room]?.mayImport ?? []) reachable(each, found.add(each))
  return found
}

/** The picture, as SVG that follows the reader's light or dark scheme. */
export function housePicture(): string {
  const placed = boxes()
  const missing = Object.keys(rooms).filter((room) => !placed.some((box) => box.room === room))
  if (missing.length > 0) throw new Error(`scripts/house-picture.ts does not place the rooms ${missing.join(', ')}`)
  const height = margin * 2 + (floors.length - 1) * floorHeight + boxHeight
  const arrows = placed.flatMap((from) =>
    ownImports(from.room).map((room) => {
      const to = placed.find((box) => box.room === room)
      return to === undefined ? '' : arrow(from, to)
    }),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t">`,
    '<title id="t">The rooms of Comity: an arrow points to what a room imports, always downward</title>',
    '<style>text{font:13px system-ui,sans-serif;fill:#1c2733}.n{font-weight:600;font-size:16px}rect{fill:#f4f6f8;stroke:#5b6b7b}path{stroke:#5b6b7b;fill:none}marker path{fill:#5b6b7b;stroke:none}.g{fill:#fff;stroke:none}@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#1d2630;stroke:#8b9bab}path{stroke:#8b9bab}marker path{fill:#8b9bab}.g{fill:#0d1117}}</style>',
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    `<rect class="g" width="${width}" height="${height}"/>`,
    ...arrows,
    ...placed.map(box),
    '</svg>',
    '',
  ].join('\n')
}

function arrow(from: Box, to: Box): string {
  const x1 = Math.round(from.x + from.width / 2)
  const y1 = from.y + boxHeight
  const x2 = Math.round(to.x + to.width / 2 + (x1 - (to.x + to.width / 2)) * 0.25)
  const y2 = to.y - 2
  const bend = (y2 - y1) / 2
  return `<path d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}" marker-end="url(#a)"/>`
}

function box({ room, purpose, x, y, width: boxWidth }: Box): string {
  const middle = Math.round(x + boxWidth / 2)
  return [
    `<rect x="${Math.round(x)}" y="${y}" width="${Math.round(boxWidth)}" height="${boxHeight}" rx="6"/>`,
    `<text class="n" x="${middle}" y="${y + 27}" text-anchor="middle">${room}</text>`,
    `<text x="${middle}" y="${y + 48}" text-anchor="middle">${purpose}</text>`,
  ].join('')
}
