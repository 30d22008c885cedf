import { plural, wrap } from '../terminal/text.ts'

export interface SampleServed {
  readonly url: string
  /** The sample's home: keys and tokens of its parties. */
  readonly home: string
  readonly statements: number
  readonly seconds: number
  /** Where a real node would be founded. */
  readonly data: string
  /** What ends it: `Ctrl+C`, or a command. */
  readonly stop: string
}

/** What a newcomer sees: that this is a sample, where it is, and how to go on. */
export function sampleBanner({ url, home, statements, seconds, data, stop }: SampleServed): string {
  const rule = '─'.repeat(78)
  return [
    rule,
    `  SAMPLE REGISTER   ${url}`,
    rule,
    wrap(
      `Its parties are fictitious; its vulnerabilities and Comity's own bill of materials are real. ${plural(statements, 'entry', 'entries')} were signed, registered and assessed in ${seconds.toFixed(1)} s, in a temporary folder that goes when this stops (${stop}).`,
      { indent: '  ' },
    ),
    '',
    '  Look at it from another terminal:',
    `    node scripts/comity.mjs audit ${url}`,
    `    node scripts/comity.mjs findings --node ${url}`,
    '  Act in it, with the keys of its parties:',
    `    export COMITY_HOME=${home}`,
    '    node scripts/comity.mjs matches --as power',
    '    node scripts/comity.mjs acknowledge GO-2024-2687 --as power --state affected',
    '',
    wrap(`No node was founded in ${data} yet. Found your own, then start again:`, { indent: '  ' }),
    '    node scripts/comity.mjs init --name "Our organisation"',
    '    npm start',
    rule,
  ].join('\n')
}
