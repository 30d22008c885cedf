import { logVkey, origin, otherOrigin, witnessNames, witnessVkey } from './cast.fixture.ts'
import { own, type Expectation, type VectorFile } from './file.fixture.ts'

/** A policy, and sets of its witnesses that are enough, or not. */
export interface PolicyCase extends Expectation {
  readonly policy: string
  readonly enough?: readonly (readonly string[])[]
  readonly tooFew?: readonly (readonly string[])[]
}

const [w1, w2, w3] = witnessNames
const lines = {
  log: `log ${logVkey(origin)} https://log.example.org/a`,
  a: `witness A ${witnessVkey(w1)}`,
  b: `witness B ${witnessVkey(w2)} https://witness.example.ke/w2`,
  c: `witness C ${witnessVkey(w3)}`,
}
const of = (...parts: readonly string[]): string => parts.map((part) => `${part}\n`).join('')
const bad = (name: string, policy: string, refused = 'malformed-policy'): PolicyCase => ({ name, policy, refused })

export const policies: VectorFile<PolicyCase> = {
  about: 'C2SP tlog-policy: reading policies, and which witnesses are enough',
  from: own,
  cases: [
    {
      name: 'two of three',
      policy: of(lines.log, lines.a, lines.b, lines.c, 'group all-of-us 2 A B C', 'quorum all-of-us'),
      refused: null,
      enough: [
        ['A', 'B'],
        ['B', 'C'],
        ['A', 'B', 'C'],
      ],
      tooFew: [[], ['A'], ['C'], ['A', 'D']],
    },
    {
      name: 'groups in a group',
      policy: of(lines.a, lines.b, lines.c, 'group any-of-ab any A B', 'group both all any-of-ab C', 'quorum both'),
      refused: null,
      enough: [
        ['A', 'C'],
        ['B', 'C'],
      ],
      tooFew: [['A', 'B'], ['C'], []],
    },
    {
      name: 'one witness',
      policy: of(lines.a, 'quorum A'),
      refused: null,
      enough: [['A'], ['A', 'B']],
      tooFew: [[], ['B']],
    },
    { name: 'no witness demanded', policy: of(lines.log, 'quorum none'), refused: null, enough: [[]], tooFew: [] },
    {
      name: 'comments, empty lines, tabs and spaces',
      policy: of(
        '# who we trust: é',
        '',
        ' \t ',
        `\t${lines.a.replaceAll(' ', '\t \t')}  `,
        '  # indented',
        'quorum  A',
      ),
      refused: null,
      enough: [['A']],
      tooFew: [[]],
    },
    {
      name: 'lines in another order',
      policy: of(lines.b, 'group g any B', 'quorum g', lines.log, lines.a),
      refused: null,
      enough: [['B']],
      tooFew: [['A']],
    },
    bad('nothing', ''),
    bad('no quorum', of(lines.a)),
    bad('two quorums', of(lines.a, 'quorum A', 'quorum none')),
    bad('a quorum that is not defined', of(lines.a, 'quorum B')),
    bad('a quorum defined later', of('quorum A', lines.a)),
    bad('a group member defined later', of(lines.a, 'group g all A B', lines.b, 'quorum g')),
    bad('a group in itself', of(lines.a, 'group g any g', 'quorum g')),
    bad('a member of two groups', of(lines.a, lines.b, 'group g any A B', 'group h any A', 'quorum g')),
    bad('a member twice', of(lines.a, 'group g 2 A A', 'quorum g')),
    bad('none as a member', of(lines.a, 'group g any none', 'quorum g')),
    bad('none as a name', of(`witness none ${witnessVkey(w1)}`, 'quorum none')),
    bad('a name twice', of(lines.a, lines.b.replace('B', 'A'), 'quorum A')),
    bad('a group with the name of a witness', of(lines.a, lines.b, 'group A any B', 'quorum A')),
    bad('a public key twice', of(lines.a, lines.a.replace('A', 'A2'), 'quorum A')),
    bad('a log twice', of(lines.log, lines.log, 'quorum none')),
    bad('a threshold of 0', of(lines.a, 'group g 0 A', 'quorum g')),
    bad('a threshold above the members', of(lines.a, 'group g 2 A', 'quorum g')),
    bad('a threshold with a leading zero', of(lines.a, 'group g 01 A', 'quorum g')),
    bad('a group without members', of(lines.a, 'group g any', 'quorum A')),
    bad('a log with the key of a witness', of(`log ${witnessVkey(otherOrigin)}`, 'quorum none')),
    bad('a witness with the key of a log', of(`witness A ${logVkey(w1)}`, 'quorum A')),
    bad('a key whose ID is wrong', of(lines.a.replace(w1, w2), 'quorum A'), 'malformed-key'),
    bad('an unknown keyword', of('observer A', 'quorum none')),
    bad('too many items', of(`${lines.log} more`, 'quorum none')),
    bad('a carriage return', of('quorum none\r')),
    bad('a NUL in a comment', of('# \0', 'quorum none')),
    bad('no newline at the end', 'quorum none'),
  ],
}
