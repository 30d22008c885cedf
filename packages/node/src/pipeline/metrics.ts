import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What a running node counts, in Prometheus' terms. */
export class Metrics {
  readonly registry = new Registry()
  readonly registered = new Counter({
    name: 'comity_statements_registered_total',
    help: 'Statements that entered the log, time leaves not counted.',
    registers: [this.registry],
  })
  readonly duplicates = new Counter({
    name: 'comity_statements_duplicate_total',
    help: 'Statements that were in the log already.',
    registers: [this.registry],
  })
  readonly refused = new Counter({
    name: 'comity_statements_refused_total',
    help: 'Statements that were refused, by problem code.',
    labelNames: ['code'],
    registers: [this.registry],
  })
  readonly batches = new Histogram({
    name: 'comity_batch_statements',
    help: 'Statements in a batch.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers: [this.registry],
  })
  readonly logSize = new Gauge({
    name: 'comity_log_size',
    help: 'Entries under the newest checkpoint.',
    registers: [this.registry],
  })
  readonly queue = new Gauge({
    name: 'comity_queue_statements',
    help: 'Statements on their way into the log: being verified, or waiting for their batch.',
    registers: [this.registry],
  })
}
