import { instruments } from './instrument.ts'
import type { InstrumentId, ProvisionId } from './provision.ts'

/**
 * How a paragraph of a later text relates to the provisions that it goes back to.
 *
 * - `kept`: the same in substance.
 * - `narrower`, `wider`: it asks less, or more, than they did.
 * - `rephrased`: it asks something that overlaps, in other terms.
 * - `new`: it goes back to none.
 */
export type LaterRelation = 'kept' | 'narrower' | 'wider' | 'rephrased' | 'new'

/** One paragraph of a later text, beside what it goes back to. */
export interface LaterParagraph {
  readonly number: number
  /** What it asks, in the project's own words. It replaces no reading of the text itself. */
  readonly summary: string
  readonly from: readonly ProvisionId[]
  readonly relation: LaterRelation
  /** What changed against the earlier text. */
  readonly change: string
  /** Whether the project has held this line against the document, or against what its sponsors say of it. */
  readonly verified: boolean
}

/**
 * A later text of an instrument. It is no edit of the earlier one: provisions keep their identifiers and what is on record
 * under them; a statement of adherence says by `version` which text it means, and this says how the two go together.
 */
export interface LaterVersion {
  readonly instrument: InstrumentId
  readonly symbol: string
  /** Date of the letter that carries it, `YYYY-MM-DD`. */
  readonly date: string
  readonly source: string
  readonly paragraphs: readonly LaterParagraph[]
  /** What the earlier text asked and this one does not ask any more. */
  readonly dropped: readonly { readonly provision: ProvisionId; readonly what: string; readonly verified: boolean }[]
}

/** To be shown wherever a later version is. */
export const laterVersionNotice =
  'The paragraphs of the later text are described from secondary sources; each line says whether it was checked. Adherence to the one text is no adherence to the other unless a statement names it.'

function paragraph(
  number: number,
  from: readonly ProvisionId[],
  relation: LaterRelation,
  summary: string,
  change: string,
  verified = false,
): LaterParagraph {
  return { number, from, relation, summary, change, verified }
}

export const laterVersions: readonly LaterVersion[] = [
  {
    instrument: 'code',
    symbol: 'A/69/723',
    date: '2015-01-09',
    source:
      'Annex to the letter dated 9 January 2015 from the Permanent Representatives of China, Kazakhstan, Kyrgyzstan, the Russian Federation, Tajikistan and Uzbekistan to the United Nations addressed to the Secretary-General, General Assembly, sixty-ninth session, A/69/723',
    paragraphs: [
      paragraph(
        1,
        ['code-a'],
        'kept',
        'The Charter and the settled rules between States hold online as well, human rights and the diversity of peoples among them.',
        'None that matters here.',
      ),
      paragraph(
        2,
        ['code-b'],
        'rephrased',
        'Digital means and networks serve nothing that works against peace and security between States.',
        'The earlier list of hostile acts gave way to one general clause; weapons made of information are not named any more.',
        true,
      ),
      paragraph(
        3,
        [],
        'new',
        'Digital means are not used to meddle in what is another State’s own affair, or to shake its politics, economy or society.',
        'Earlier, harm to another country’s stability was a matter of content to be curbed; now it is an act that States themselves leave alone.',
        true,
      ),
      paragraph(
        4,
        ['code-c'],
        'rephrased',
        'States help each other against crime and terrorism by digital means, and against the spread of what stirs up terrorism, separatism, extremism or hatred between groups.',
        'Hatred on grounds of origin or belief came in; the stability and culture of other countries went out.',
      ),
      paragraph(
        5,
        ['code-d'],
        'kept',
        'The supply chain of digital goods and services is kept safe, so that nobody in a strong position takes from others the control of their own systems.',
        'Goods, services and networks are named beside resources and core technology.',
      ),
      paragraph(
        6,
        ['code-e'],
        'kept',
        'Each State has rights and duties, within the law, to keep its information space and its vital digital facilities from harm.',
        'None that matters here.',
      ),
      paragraph(
        7,
        ['code-f'],
        'wider',
        'What people may do offline they may do online; looking for information, receiving it and passing it on may be limited only as article 19 of the Covenant on Civil and Political Rights allows.',
        'The frame of national law became that of article 19(3): by law, and where one of its grounds makes it necessary.',
        true,
      ),
      paragraph(
        8,
        ['code-g'],
        'wider',
        'States have the same part, and the same responsibility, in how the internet is run; it is run by many, in the open, so that resources are shared fairly, all get access, and it works safely.',
        'The equal part of States is said in a paragraph of its own.',
        true,
      ),
      paragraph(
        9,
        ['code-h'],
        'kept',
        'States work with business and civil society so that everybody knows his own part in information security.',
        'Civil society is named.',
      ),
      paragraph(
        10,
        [],
        'new',
        'States build confidence: they tell each other of their strategies, structures and good practice, so that nothing is misunderstood into a conflict.',
        'The earlier text did not speak of it.',
      ),
      paragraph(
        11,
        ['code-i'],
        'kept',
        'Developing countries get help to build their own strength, and the digital divide is narrowed.',
        'More weight on capacity.',
        true,
      ),
      paragraph(
        12,
        ['code-j'],
        'kept',
        'Cooperation grows between two States, in regions and worldwide; the United Nations has a leading part in norms and in the peaceful settlement of disputes.',
        'None that matters here.',
      ),
      paragraph(
        13,
        ['code-k'],
        'kept',
        'Disputes over how the text applies are settled in peace, without the threat or use of force.',
        'None that matters here.',
        true,
      ),
    ],
    dropped: [
      {
        provision: 'code-b',
        what: 'weapons made of information, and handing on the means to build them',
        verified: false,
      },
      {
        provision: 'code-c',
        what: 'content that unsettles another country’s politics, economy, society or culture, as a thing to be curbed',
        verified: false,
      },
    ],
  },
]

/** The later texts of an instrument, in their order. */
export function laterVersionsOf(instrument: InstrumentId): readonly LaterVersion[] {
  return laterVersions.filter((each) => each.instrument === instrument)
}

/**
 * The symbols by which a statement can name the text that it means; undefined for an instrument whose own symbol nobody
 * has verified: there any is taken, for none can be held against anything.
 */
export function knownSymbols(instrument: InstrumentId): readonly string[] | undefined {
  const symbol = instruments.find(({ id }) => id === instrument)?.symbol ?? undefined
  return symbol === undefined ? undefined : [symbol, ...laterVersionsOf(instrument).map((each) => each.symbol)]
}

/** The paragraphs of later texts that go back to a provision. */
export function laterParagraphsOf(
  provision: ProvisionId,
): readonly { readonly symbol: string; readonly paragraph: LaterParagraph }[] {
  return laterVersions.flatMap(({ symbol, paragraphs }) =>
    paragraphs.filter(({ from }) => from.includes(provision)).map((paragraph) => ({ symbol, paragraph })),
  )
}
