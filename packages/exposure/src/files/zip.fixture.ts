/** Writes ZIP archives for tests, also such as no honest program writes. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly bytes: Uint8Array
  /** 8, deflated, where nothing is said. */
  readonly method?: number
  readonly flags?: number
  /** Mode of Unix, of which the type is in the upper four bits. */
  readonly mode?: number
  /** What the directory says in place of the truth. */
  readonly says?: { readonly size?: number; readonly crc?: number }
  /** Octets of the archive that it shares with the entry of this number. */
  readonly sharedWith?: number
}

/** An archive of these entries. */
export function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  const places: number[] = []
  let at = 0
  for (const entry of entries) {
    const { name, bytes, method = 8, flags = 0x0800, mode = 0o100644, says = {}, sharedWith } = entry
    const packed = method === 8 ? deflateRawSync(bytes) : Buffer.from(bytes)
    const named = Buffer.from(name)
    const size = says.size ?? bytes.length
    const crc = says.crc ?? crc32(bytes)
    if (sharedWith === undefined) {
      places.push(at)
      const header = Buffer.alloc(30)
      header.writeUInt32LE(0x04034b50, 0)
      header.writeUInt16LE(flags, 6)
      header.writeUInt16LE(method, 8)
      header.writeUInt16LE(named.length, 26)
      bodies.push(header, named, packed)
      at += header.length + named.length + packed.length
    } else places.push(places[sharedWith] ?? 0)
    const record = Buffer.alloc(46)
    record.writeUInt32LE(0x02014b50, 0)
    record.writeUInt16LE(0x0314, 4)
    record.writeUInt16LE(flags, 8)
    record.writeUInt16LE(method, 10)
    record.writeUInt32LE(crc, 16)
    record.writeUInt32LE(packed.length, 20)
    record.writeUInt32LE(size, 24)
    record.writeUInt16LE(named.length, 28)
    record.writeUInt32LE((mode << 16) >>> 0, 38)
    record.writeUInt32LE(places.at(-1) ?? 0, 42)
    directory.push(record, named)
  }
  const index = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(index.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...bodies, index, end])
}
