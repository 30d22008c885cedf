import {
  isOrigin,
  isPartyUrn,
  parseAdvisoryUrn,
  parseCaseUrn,
  parseCorrespondenceUrn,
  parseDocumentUrn,
  parseInstrumentUrn,
  parseProductUrn,
  parseReleaseUrn,
  parseStatementUrn,
  parseSupplyUrn,
} from '../identifiers.ts'
import type { SubjectForm } from './kind.ts'

/** The forms that `sub` can have. A kind picks one. */

export const ownParty: SubjectForm = {
  form: "the party's own URN, equal to `iss`",
  check: (sub, { iss }) => (sub === iss ? undefined : "must be the party's own URN, equal to iss"),
}

export const otherParty: SubjectForm = {
  form: '`urn:comity:party:<hex>` of another party',
  check: (sub, { iss }) => {
    if (!isPartyUrn(sub)) return 'must be urn:comity:party: with 64 hexadecimal digits'
    return sub === iss ? 'must be another party: nobody endorses itself' : undefined
  },
}

export const statement: SubjectForm = {
  form: '`urn:comity:statement:<id>`',
  check: (sub) => (parseStatementUrn(sub) ? undefined : 'must be urn:comity:statement: with 64 hexadecimal digits'),
}

export const origin: SubjectForm = {
  form: 'the origin of the log',
  check: (sub) => (isOrigin(sub) ? undefined : 'must be the origin of a log, schemeless, such as log.example.org/a'),
}

export const instrument: SubjectForm = {
  form: '`urn:comity:instrument:code` or `urn:comity:instrument:gids`',
  check: (sub) =>
    parseInstrumentUrn(sub) ? undefined : 'must be urn:comity:instrument:code or urn:comity:instrument:gids',
}

export const ownProduct: SubjectForm = {
  form: '`urn:comity:product:<own party hex>:<slug>`',
  check: (sub, { iss }) =>
    parseProductUrn(sub)?.party === iss ? undefined : 'must be urn:comity:product:<hex of iss>:<slug>',
}

export const ownRelease: SubjectForm = {
  form: '`urn:comity:product:<own party hex>:<slug>@<percent-encoded version>`',
  check: (sub, { iss }) => {
    const release = parseReleaseUrn(sub)
    return release && parseProductUrn(release.product)?.party === iss
      ? undefined
      : 'must be urn:comity:product:<hex of iss>:<slug>@<percent-encoded version>'
  },
}

export const ownSupply: SubjectForm = {
  form: '`urn:comity:supply:<own party hex>:<slug>`',
  check: (sub, { iss }) =>
    parseSupplyUrn(sub)?.party === iss ? undefined : 'must be urn:comity:supply:<hex of iss>:<slug>',
}

export const ownAdvisory: SubjectForm = {
  form: '`urn:comity:advisory:<own party hex>:<percent-encoded id>`',
  check: (sub, { iss }) =>
    parseAdvisoryUrn(sub)?.party === iss ? undefined : 'must be urn:comity:advisory:<hex of iss>:<percent-encoded id>',
}

export const anyAdvisory: SubjectForm = {
  form: '`urn:comity:advisory:<party hex>:<percent-encoded id>`, as in the advisory',
  check: (sub) => (parseAdvisoryUrn(sub) ? undefined : 'must be urn:comity:advisory:<party hex>:<percent-encoded id>'),
}

export const anyCase: SubjectForm = {
  form: '`urn:comity:case:<hex of the party that opens it>:<slug>`',
  check: (sub) =>
    parseCaseUrn(sub)
      ? undefined
      : 'must be urn:comity:case:<party hex>:<slug>, a slug of 1–64 letters, digits, . and -',
}

export const document: SubjectForm = {
  form: '`urn:comity:document:sha256:<hex>`',
  check: (sub) =>
    parseDocumentUrn(sub) ? undefined : 'must be urn:comity:document:sha256: with 64 hexadecimal digits',
}

export const correspondence: SubjectForm = {
  form: '`urn:comity:correspondence:<64 random hexadecimal digits>`',
  check: (sub) =>
    parseCorrespondenceUrn(sub) ? undefined : 'must be urn:comity:correspondence: with 64 hexadecimal digits',
}
