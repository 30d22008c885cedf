export {
  type ComponentsFound,
  type ConcernedInventory,
  type ConcerningAdvisory,
  type ItemFound,
  type KeyedOutcome,
} from './found.ts'
export { type InventoryLoader } from './inventory-loader.ts'
export { indexedComponent, type IndexedComponent } from './item.ts'
export { MatchIndex, openMatchIndex } from './match-index.ts'
