/** The door `@comity/exposure/files`: what this room does with files. It runs on Node alone. */
export { readSource, readSourceBytes } from './read-source.ts'
export { feedFiles } from './feed-files.ts'
