/**
 * A message as a PDF for somebody without a node: readable text, the files and the proof inside it, encrypted under a
 * passphrase that is said another way. What the standard fonts cannot write is in the file `message.txt` inside.
 */
import { NodeError } from '../../../node-error.ts'

/** A file that the PDF carries. */
export interface CarriedFile {
  readonly name: string
  readonly type: string
  readonly content: Uint8Array
  /** For people, in the list of files. */
  readonly what: string
}

export interface PdfMessage {
  readonly author: { readonly urn: string; readonly name: string }
  readonly other?: string | undefined
  readonly subject?: string | undefined
  readonly text: string
  /** Whole seconds since the epoch. */
  readonly iat: number
  /** Statement id and digest of the signed message. */
  readonly id: string
  readonly digest: string
  readonly files: readonly CarriedFile[]
}

/** Bytes of files that a PDF may carry: all of it is made in memory. */
export const pdfBytes = 64 * 1024 * 1024

/** Characters of a passphrase at the least: the format's way from it to the key is quick to try. */
export const leastPassphrase = 20

/** Writes the PDF. Throws `bad-name` for a short passphrase, `attachment-too-large`. */
export async function sealedPdf(message: PdfMessage, passphrase: string): Promise<Uint8Array> {
  if ([...passphrase].length < leastPassphrase || !/^[\x20-\x7e]+$/.test(passphrase)) {
    throw new NodeError(
      'bad-name',
      `the passphrase of a PDF has at least ${leastPassphrase} characters, all of them ASCII`,
    )
  }
  if (message.files.reduce((sum, { content }) => sum + content.length, 0) > pdfBytes) {
    throw new NodeError('attachment-too-large', `a PDF carries at most ${pdfBytes / 2 ** 20} MiB: send a link instead`)
  }
  // Loaded when the first is asked for: with its fonts it takes more memory than most of a node's own code.
  const { default: Pdf } = await import('pdfkit')
  const document = new Pdf({
    // AES with 256 bits; earlier versions encrypt with less.
    pdfVersion: '1.7ext3',
    userPassword: passphrase,
    ownerPassword: passphrase,
    size: 'A4',
    margin: 60,
    lang: 'en',
    displayTitle: true,
    info: { Title: 'A sealed message', Creator: 'comity', CreationDate: new Date(message.iat * 1000) },
  })
  const done = collect(document)
  write(document, message)
  document.end()
  return done
}

function write(document: PDFKit.PDFDocument, message: PdfMessage): void {
  const { author, other, subject, text, iat, id, digest, files } = message
  const fact = (name: string, value: string): void => {
    document.font('Helvetica-Bold').fontSize(9).text(name, { continued: true })
    document.font('Helvetica').text(`  ${writable(value)}`)
  }
  document
    .font('Helvetica-Bold')
    .fontSize(16)
    .text(writable(subject ?? 'A sealed message'))
    .moveDown(0.5)
  fact('From', `${author.name}, ${author.urn}`)
  if (other !== undefined) fact('To', other)
  fact('Date', `${new Date(iat * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`)
  document.moveDown().font('Helvetica').fontSize(11)
  if (isWritable(text)) document.text(text, { lineGap: 2 })
  else
    document.text('The text of this message is in the file message.txt inside this PDF: its script needs other fonts.')
  document.moveDown().fontSize(9)
  fact('Message', id)
  fact('SHA-256 of the signed message', digest.slice('sha256:'.length))
  document.moveDown().font('Helvetica-Bold').text('Files inside this PDF').font('Helvetica')
  const own: CarriedFile = {
    name: 'message.txt',
    type: 'text/plain',
    content: Buffer.from(text),
    what: 'the text of the message',
  }
  for (const { name, type, content, what } of [own, ...files]) {
    document.text(`${writable(name)}: ${content.length} bytes, ${what}`)
    const created = new Date(iat * 1000)
    document.file(Buffer.from(content), { name, type, description: what, creationDate: created, modifiedDate: created })
  }
  document.moveDown()
  document.text('The proof is verified, without asking anybody, by: comity verify message.comity.json')
}

/** Whether the standard fonts, which have the characters of Windows-1252, can write it. */
function isWritable(text: string): boolean {
  return /^[\t\n\r\x20-\x7e\xa0-\xff\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]*$/.test(
    text,
  )
}

function writable(text: string): string {
  return [...text].map((character) => (isWritable(character) ? character : '?')).join('')
}

function collect(document: PDFKit.PDFDocument): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  return new Promise((resolve, reject) => {
    document.on('data', (piece: Buffer) => pieces.push(piece))
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(pieces))))
    document.on('error', reject)
  })
}
