import type {
  Finding,
  FindingsResponse,
  PartySummary,
  PeerSummary,
  Reservation,
  StatementSummary,
  StatusResponse,
} from '@comity/contract'
import { instruments, type Provision, provisionById } from '@comity/instruments'
import { html, type Html } from './html.ts'
import { lagText, nameOf, peerStateWords, shortOrigin, timeOf, told } from './words.ts'

/** Findings of a party, with what it reserves about single provisions. */
export type FoundParty = FindingsResponse['items'][number] & { readonly reservations: readonly Reservation[] }

/** All that the page shows. */
export interface HomePage {
  readonly status: StatusResponse
  readonly statements: readonly (StatementSummary & { readonly payload: unknown })[]
  readonly parties: readonly PartySummary[]
  readonly moreParties: boolean
  readonly findings: readonly FoundParty[]
  readonly moreFindings: boolean
  readonly peers: readonly PeerSummary[]
  /** Whole seconds since the epoch. */
  readonly now: number
}

/** The story of the register on one page: whose log it is, what was stated, what is on record. No script. */
export function homePage(page: HomePage): Html {
  const { status } = page
  const keeper = nameOf(status.keeper.names)
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${status.sample ? 'Sample register' : `Register of ${keeper}`} · Comity</title>
        <link rel="stylesheet" href="/assets/page.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        ${status.sample && sampleBanner()}
        <header>
          <p class="brand">Comity</p>
          <h1>Register of ${keeper}</h1>
          <p class="lead">
            Commitments on information and data security as signed statements in a public log. What is on record about
            them can be computed again by anyone, from this log alone.
          </p>
          <nav aria-label="On this page and beside it">
            <ul>
              <li><a href="#statements">Statements</a></li>
              <li><a href="#parties">Parties</a></li>
              <li><a href="#findings">Findings</a></li>
              <li><a href="#provisions">Provisions</a></li>
              ${page.peers.length > 0 && html`<li><a href="#peers">Peers</a></li>`}
              <li><a href="/docs/">API</a></li>
              <li><a href="/checkpoint">Checkpoint</a></li>
            </ul>
          </nav>
        </header>
        <main id="content">
          ${logSection(status, keeper)} ${statementsSection(page)} ${partiesSection(page)} ${findingsSection(page)}
          ${provisionsSection()} ${page.peers.length > 0 && peersSection(page)}
        </main>
        <footer>
          <p>
            ${status.software.name} ${status.software.version}. A finding says what is on record and judges nobody.
            <a href="/.well-known/security.txt">Report a vulnerability</a>
          </p>
        </footer>
      </body>
    </html> `
}

function sampleBanner(): Html {
  return html`<aside class="banner" aria-label="Sample">
    <p>
      <strong>This is a sample register with fictitious parties.</strong> It was built at the start of this program, on
      the path that every real statement takes. To found a real node: <code>comity init</code>
    </p>
  </aside>`
}

function logSection({ origin, size, root, at, accepting, verifierKeys }: StatusResponse, keeper: string): Html {
  return html`<section aria-labelledby="log">
    <h2 id="log">The log</h2>
    <dl>
      <div>
        <dt>Kept by</dt>
        <dd>${keeper}</dd>
      </div>
      <div>
        <dt>Origin</dt>
        <dd><code>${origin}</code></dd>
      </div>
      <div>
        <dt>Entries</dt>
        <dd>${size.toLocaleString('en')}</dd>
      </div>
      <div>
        <dt>Newest checkpoint</dt>
        <dd>${time(at)}</dd>
      </div>
      <div>
        <dt>Root</dt>
        <dd><code>${root}</code></dd>
      </div>
      ${verifierKeys.map(
        (key) =>
          html`<div>
            <dt>Verifier key</dt>
            <dd><code>${key}</code></dd>
          </div>`,
      )}
    </dl>
    ${!accepting && html`<p class="note">Statements are not taken at the moment.</p>`}
    <p>Check everything yourself: <code>comity audit URL</code> with the address of this page.</p>
  </section>`
}

function statementsSection({ statements, parties }: HomePage): Html {
  const known = new Map(parties.map((party) => [party.urn, nameOf(party.names)]))
  return html`<section aria-labelledby="statements">
    <h2 id="statements">Newest statements</h2>
    <ol class="story">
      ${statements.map(
        (statement) =>
          html`<li>
            <p>
              <b>${known.get(statement.iss) ?? short(statement.iss)}</b>
              ${told(statement)}${statement.effective === null && ' (waits for approvals)'}
            </p>
            <p class="fine">
              ${time(statement.at)} · entry ${statement.index} ·
              <a href="/api/v1/statements/${statement.id}">${statement.kind}</a>
            </p>
          </li>`,
      )}
    </ol>
    <p><a href="/api/v1/statements">All statements</a></p>
  </section>`
}

function partiesSection({ parties, moreParties, status }: HomePage): Html {
  return html`<section aria-labelledby="parties">
    <h2 id="parties">Parties</h2>
    <p>In the order in which they were founded. ${status.parties.toLocaleString('en')} in all.</p>
    <div class="scroll" role="region" aria-label="Parties" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Claimed State</th>
          </tr>
        </thead>
        <tbody>
          ${parties.map(
            (party) =>
              html`<tr>
                <th scope="row">
                  <a href="/api/v1/parties/${encodeURIComponent(party.urn)}">${nameOf(party.names)}</a>
                </th>
                <td>${party.type}</td>
                <td>${party.state ?? '–'}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${moreParties && html`<p><a href="/api/v1/parties">All parties</a></p>`}
  </section>`
}

function findingsSection({ findings, moreFindings }: HomePage): Html {
  return html`<section aria-labelledby="findings">
    <h2 id="findings">Findings</h2>
    <p>
      What is on record for each party that adheres or supports, by provision. <i>Silent</i>: adherence alone.
      <i>Declared</i>: a statement about this very provision. <i>Evidenced</i>: documents that anyone can check.
      <i>Verified</i>: checked by independent parties in at least two other jurisdictions. There are no scores, and the
      order says nothing.
    </p>
    ${findings.length === 0 && html`<p>Nobody adheres or supports yet.</p>`}
    ${findings.map(
      (party) =>
        html`<details open>
          <summary>${nameOf(party.names)}</summary>
          <div class="scroll" role="region" aria-label="Findings of ${nameOf(party.names)}" tabindex="0">
            <table>
              <thead>
                <tr>
                  <th scope="col">Provision</th>
                  <th scope="col">On record</th>
                  <th scope="col">Rests on</th>
                </tr>
              </thead>
              <tbody>
                ${party.findings.map((finding) => {
                  const href = `/api/v1/parties/${encodeURIComponent(party.party)}/findings/${finding.provision}`
                  const words = [...onRecord(finding), ...finding.flags]
                  return html`<tr>
                    <th scope="row">
                      <a href="${href}">${finding.provision}</a> ${provisionById(finding.provision).title}
                      ${party.reservations.filter(({ provision }) => provision === finding.provision).map(reserved)}
                    </th>
                    <td>${words.join(', ')}</td>
                    <td>${statementsIn(finding.cites.length)}</td>
                  </tr>`
                })}
              </tbody>
            </table>
          </div>
        </details>`,
    )}
    ${moreFindings && html`<p><a href="/api/v1/findings">All findings</a></p>`}
  </section>`
}

/** What is reserved, and beside it who objects. */
function reserved({ text, objections }: Reservation): Html {
  return html`<p class="fine">Reserved: ${text}</p>
    ${objections.map(
      ({ by, at, precludes, text: said }) =>
        html`<p class="fine">
          Objection of ${nameOf(by.names)},
          ${time(at)}${precludes && ', so that nothing holds between the two'}${said !== undefined && `: ${said}`}
        </p>`,
    )}`
}

function provisionsSection(): Html {
  return html`<section aria-labelledby="provisions">
    <h2 id="provisions">Provisions</h2>
    ${instruments.map(
      (instrument) =>
        html`<h3>${instrument.title}</h3>
          <p>${instrument.source}.</p>
          <div class="scroll" role="region" aria-label="${instrument.title}" tabindex="0">
            <table>
              <thead>
                <tr>
                  <th scope="col">Provision</th>
                  <th scope="col">Asks, in our own words</th>
                  <th scope="col">Whom it binds</th>
                </tr>
              </thead>
              <tbody>
                ${instrument.provisions.map(provisionRow)}
              </tbody>
            </table>
          </div>`,
    )}
  </section>`
}

function provisionRow({ id, title, summary, binds, citation }: Provision): Html {
  return html`<tr>
    <th scope="row"><a href="/api/v1/provisions/${id}">${id}</a> ${title}</th>
    <td>${summary} <span class="fine">${citation.text}</span></td>
    <td>${binds.join(', ')}</td>
  </tr>`
}

function peersSection({ peers, now }: HomePage): Html {
  return html`<section aria-labelledby="peers">
    <h2 id="peers">Peers</h2>
    <p>
      Other nodes that this one follows and asks for cosignatures, as it saw them last. What it holds of their logs was
      verified.
    </p>
    <div class="scroll" role="region" aria-label="Peers" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Log</th>
            <th scope="col">State</th>
            <th scope="col">Entries held</th>
            <th scope="col">Behind</th>
            <th scope="col">Last answered</th>
          </tr>
        </thead>
        <tbody>
          ${peers.map(
            (peer) =>
              html`<tr>
                <th scope="row"><code>${shortOrigin(peer.origin)}</code></th>
                <td>${peerStateWords[peer.state]}</td>
                <td>${peer.size.toLocaleString('en')}</td>
                <td>${lagText(peer)}</td>
                <td>${peer.lastSuccessAt === 0 ? 'never' : time(Math.min(peer.lastSuccessAt, now))}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p><a href="/api/v1/peers">The same for programs</a></p>
  </section>`
}

function time(seconds: number): Html {
  return html`<time datetime="${new Date(seconds * 1000).toISOString()}">${timeOf(seconds)}</time>`
}

/** A level, or cases, or both: what is listed beside a level decides nothing. */
function onRecord({ level, cases, more }: Finding): readonly string[] {
  if (cases === undefined || (level !== undefined && cases.length === 0)) return level === undefined ? [] : [level]
  return [...(level === undefined ? [] : [level]), `${casesIn(cases.length)}${more === true ? ' and more' : ''}`]
}

function casesIn(count: number): string {
  return count === 0 ? 'no case on record' : statementsWord(count, 'case', 'cases')
}

function statementsIn(count: number): string {
  return count === 0 ? 'no statement' : statementsWord(count, 'statement', 'statements')
}

function statementsWord(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

function short(urn: string): string {
  return `${urn.slice(0, 'urn:comity:party:'.length + 8)}…`
}
