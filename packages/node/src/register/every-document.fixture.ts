import type { CutDocuments } from './cut-documents.ts'

/** Every document counts as stored, and none can be read. */
export const everyDocument: CutDocuments = { stored: () => true, read: () => undefined }
