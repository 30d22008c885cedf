import type { View } from '@comity/store'
import type { RefusedSourceItem, SourceRecord, TakenItem } from './source-record.ts'

/**
 * Folds one record into the view. A document that is taken stays until a newer one is taken or the source lists it no
 * longer; that a newer one is refused stands beside it, so that a source which spoils a document does not take the good one
 * away. The same record twice comes to the same.
 */
export function foldRecord(view: View, stream: string, seq: number, record: SourceRecord): void {
  switch (record.record) {
    case 'item':
      return foldTaken(view, stream, seq, record)
    case 'refused':
      return foldRefused(view, stream, seq, record)
    case 'gone':
      view.prepare('DELETE FROM item WHERE stream = ? AND item = ?').run(stream, record.item)
      return
    case 'about':
      view.prepare('UPDATE source SET about = ? WHERE stream = ?').run(JSON.stringify(record), stream)
      return
    case 'run': {
      const text = JSON.stringify(record)
      view.prepare('UPDATE source SET run = ? WHERE stream = ?').run(text, stream)
      if (record.outcome === 'done' || record.outcome === 'unchanged')
        view.prepare('UPDATE source SET done = ? WHERE stream = ?').run(text, stream)
      return
    }
  }
}

function foldTaken(view: View, stream: string, seq: number, record: TakenItem): void {
  const { item, list, stamp, at, digest, size, csaf } = record
  view
    .prepare(
      `INSERT INTO item (stream, item, list, stamp, at, seq, digest, size, csaf, first) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET list = excluded.list, stamp = excluded.stamp, at = excluded.at, seq = excluded.seq,
         digest = excluded.digest, size = excluded.size, csaf = excluded.csaf, first = coalesce(first, excluded.first),
         faults = NULL, rules = NULL, tried = NULL, tried_stamp = NULL`,
    )
    .run(stream, item, list, stamp, at, seq, digest, size, csaf === undefined ? null : JSON.stringify(csaf), at)
  view.prepare('INSERT OR IGNORE INTO kept (digest) VALUES (?)').run(digest)
}

function foldRefused(view: View, stream: string, seq: number, record: RefusedSourceItem): void {
  const { item, list, stamp, at, faults, rules } = record
  view
    .prepare(
      `INSERT INTO item (stream, item, list, stamp, at, seq, faults, rules, tried, tried_stamp)
       VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET list = excluded.list, faults = excluded.faults, rules = excluded.rules,
         tried = excluded.tried, tried_stamp = excluded.tried_stamp`,
    )
    .run(stream, item, list, at, seq, JSON.stringify(faults), rules, at, stamp)
}
