import { coreKinds, kindRegistry, type KindRegistry } from '@comity/statement'

/**
 * Every kind of statement that nodes and clients of this version know. Rooms that bring kinds of their own join their
 * lists here.
 */
export const kinds: KindRegistry = kindRegistry(coreKinds)
