import { createReadStream } from 'node:fs'
import { readRirStatistics } from './indicators/rir-statistics.ts'
import { resourcesByCountry } from './indicators/by-country.ts'
const files = []
for (const f of process.argv.slice(2)) { const t = performance.now(); const s = await readRirStatistics(createReadStream(f), f); files.push(s); console.log(f, s.header, s.records, s.delegations.length, s.pool, s.problems.counts, s.problems.first.slice(0, 3), Math.round(performance.now() - t)) }
const t = performance.now(); const b = resourcesByCountry(files); console.log(b.countries.size, b.elsewhere, b.problems.counts, b.problems.first.slice(0,3), b.countries.get('ZA'), b.countries.get('BR'), Math.round(performance.now() - t))
