import { type Static, Type } from 'typebox'
import { PRODUCT } from './examples.ts'
import { closed, date, documents, list, oneOf, purl, text, url } from './fields.ts'
import { defineKind } from './kind.ts'
import { ownProduct } from './subjects.ts'

const updatePolicy = closed({
  mechanism: oneOf(
    ['package-manager', 'download', 'self-update', 'over-the-air', 'hosted', 'physical', 'none'],
    'how an update arrives',
  ),
  consent: oneOf(['required', 'notice', 'none'], 'whether the user decides, is told, or neither'),
  security: oneOf(['separate', 'bundled'], 'whether security updates come apart from functional ones'),
  rollback: Type.Boolean({ description: 'whether the user can go back' }),
  noticeDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 3650 })),
  supportUntil: Type.Optional(date),
})

const continuity = closed({
  worksAlone: oneOf(
    ['fully', 'limited', 'no'],
    'whether what users have goes on working without the provider, its servers and its licences',
  ),
  noticeDays: Type.Integer({
    minimum: 0,
    maximum: 3650,
    description: 'days between the notice of an end or a restriction of supply and that end',
  }),
  until: Type.Optional({
    ...date,
    description: 'until when the commitment holds; absent: while the product is supplied',
  }),
  escrow: Type.Optional(text(1000, 'where source or keys are deposited, and when they are released to users')),
  transfer: Type.Optional(text(1000, 'who would take it over, or how users can have it maintained by others')),
  terms: Type.Optional(url),
})

export const productPayload = closed({
  name: text(200),
  description: Type.Optional(text(2000)),
  purls: Type.Optional(list(purl, 64)),
  updatePolicy,
  portability: Type.Optional(
    closed({
      formats: Type.Array(text(100), {
        minItems: 1,
        maxItems: 32,
        description: 'formats in which users take their data out',
      }),
      documentation: Type.Optional(url),
    }),
  ),
  continuity: Type.Optional(continuity),
  homepage: Type.Optional(url),
  documents: Type.Optional(documents),
})

/** Payload of a `product` statement. */
export type ProductPayload = Static<typeof productPayload>

export const productKind = defineKind({
  name: 'product',
  title: 'Product',
  purpose:
    'Registers a product with its update policy: how updates arrive, whether the user consents, whether security updates come apart, until when there is support; how users take their data out; and what the provider commits itself to for the time after it. A later one replaces it.',
  schema: productPayload,
  sub: ownProduct,
  example: {
    sub: PRODUCT,
    payload: {
      name: 'Gateway',
      purls: ['pkg:npm/%40north/gateway'],
      updatePolicy: {
        mechanism: 'package-manager',
        consent: 'required',
        security: 'separate',
        rollback: true,
        supportUntil: '2031-12-31T00:00:00Z',
      },
      continuity: {
        worksAlone: 'fully',
        noticeDays: 365,
        escrow: 'Source at a notary, released if support ends early.',
      },
      portability: { formats: ['application/json'], documentation: 'https://north.invalid/export' },
    },
  },
})
