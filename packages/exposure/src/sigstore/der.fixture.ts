/** DER as far as certificates need it (X.690), and certificates as sigstore's authority issues them (RFC 5280). */
import { createHash, type KeyObject, sign } from 'node:crypto'

export type Der = Buffer

export function der(tag: number, ...parts: readonly Uint8Array[]): Der {
  const body = Buffer.concat(parts)
  const { length } = body
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), body])
}

const sequence = (...parts: readonly Uint8Array[]): Der => der(0x30, ...parts)

function oid(text: string): Der {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const octets = [40 * first + second]
  for (const part of rest) {
    const groups = [part & 0x7f]
    for (let value = part >> 7; value > 0; value >>= 7) groups.unshift((value & 0x7f) | 0x80)
    octets.push(...groups)
  }
  return der(0x06, Buffer.from(octets))
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))

/** `20270101000000Z`, the form of dates from 2050 on that readers take for all. */
function time(date: Date): Der {
  return der(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`))
}

function name(text: string): Der {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(text)))))
}

function extension(id: string, value: Uint8Array, isCritical = false): Der {
  return sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))
}

export interface CertificateDraft {
  readonly subject: string
  readonly issuer: string
  readonly key: KeyObject
  readonly from: Date
  readonly to: Date
  readonly isAuthority?: boolean
  /** The name of the signer, an address. */
  readonly san?: string
  /** Who vouched for it (OID 1.3.6.1.4.1.57264.1.8). */
  readonly vouchedBy?: string
}

function extensions(draft: CertificateDraft): readonly Der[] {
  const { isAuthority = false, san, vouchedBy } = draft
  return [
    extension('2.5.29.15', der(0x03, Buffer.from(isAuthority ? [1, 0x06] : [7, 0x80])), true),
    ...(isAuthority
      ? [extension('2.5.29.19', sequence(der(0x01, Buffer.from([0xff]))), true)]
      : [extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.3')))]),
    ...(san === undefined ? [] : [extension('2.5.29.17', sequence(der(0x86, Buffer.from(san))), true)]),
    ...(vouchedBy === undefined ? [] : [extension('1.3.6.1.4.1.57264.1.8', der(0x0c, Buffer.from(vouchedBy)))]),
  ]
}

function toBeSigned(draft: CertificateDraft, more: readonly Der[]): Der {
  return sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1, ...createHash('sha256').update(draft.subject).digest().subarray(0, 8)])),
    ecdsaWithSha256,
    name(draft.issuer),
    sequence(time(draft.from), time(draft.to)),
    name(draft.subject),
    draft.key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(draft), ...more)),
  )
}

/** A log of certificates (RFC 6962), which promises before the certificate is issued that it will have it. */
export interface CertificateLog {
  readonly id: Uint8Array
  readonly privateKey: KeyObject
}

/** Issues a certificate; with a log, after that one's promise. */
export function certificate(
  draft: CertificateDraft,
  issuerKey: KeyObject,
  issuer: KeyObject,
  log?: CertificateLog,
): Der {
  const promises = log === undefined ? [] : [extension('1.3.6.1.4.1.11129.2.4.2', promise(draft, issuer, log))]
  const body = toBeSigned(draft, promises)
  return sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), sign('sha256', body, issuerKey)))
}

/** The signed promise of a log over what will be the certificate (RFC 6962 §3.2), as the extension holds it. */
function promise(draft: CertificateDraft, issuer: KeyObject, { id, privateKey }: CertificateLog): Der {
  const body = toBeSigned(draft, [])
  const issuerHash = createHash('sha256')
    .update(issuer.export({ type: 'spki', format: 'der' }))
    .digest()
  const at = Buffer.alloc(8)
  at.writeBigUInt64BE(BigInt(draft.from.getTime()))
  const length = Buffer.from([body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff])
  const signed = Buffer.concat([
    Buffer.from([0, 0]),
    at,
    Buffer.from([0, 1]),
    issuerHash,
    length,
    body,
    Buffer.from([0, 0]),
  ])
  const signature = sign('sha256', signed, privateKey)
  const two = (value: number) => Buffer.from([value >> 8, value & 0xff])
  const sct = Buffer.concat([Buffer.from([0]), id, at, two(0), Buffer.from([4, 3]), two(signature.length), signature])
  return der(0x04, two(sct.length + 2), two(sct.length), sct)
}
