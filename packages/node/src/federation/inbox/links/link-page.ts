import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { html, Html } from '../../../http/pages/html.ts'

const script = readFileSync(new URL('link-page.js', import.meta.url), 'utf8')

const style = `:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-inline-size:44rem;margin:2rem auto;padding-inline:1rem}
h1{font-size:1.4rem}#text,#subject{unicode-bidi:plaintext}#text{white-space:pre-wrap;overflow-wrap:anywhere}dt{font-weight:600}dd{margin-inline-start:0;margin-block-end:.5rem;overflow-wrap:anywhere}
button{font:inherit;min-block-size:2.5rem;padding-inline:1rem;margin-block:.25rem;margin-inline-end:.5rem}li{overflow-wrap:anywhere}#state{font-weight:600}`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

// Made here and not in the markup below: a space between a tag and its content would give another hash.
const scriptTag = new Html(`<script type="module">${script}</script>`)
const styleTag = new Html(`<style>${style}</style>`)

/** Nothing runs but this very script, nothing is loaded but what it fetches from this node, nobody frames the page. */
export const linkPagePolicy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page behind every link: the same for all of them, for it knows nothing of what it will open. */
export function linkPage(): string {
  return page(
    html`<h1>A sealed message for you</h1>
      <p id="ask">
        Somebody has sent you a message through this node, which cannot read it from this address alone. When you open
        it, its sender gets a receipt that says so. <button id="open" type="button" disabled>Open the message</button>
      </p>
      <p id="state" role="status" aria-live="polite" hidden></p>
      <noscript
        ><p>
          The message is decrypted in your browser, which takes JavaScript: allow it for this page, or ask the sender
          for a PDF.
        </p></noscript
      >
      <main id="message" hidden>
        <dl>
          <dt>From</dt>
          <dd><bdi id="author"></bdi></dd>
          <dt>Date</dt>
          <dd id="date"></dd>
        </dl>
        <h2 id="subject" dir="auto" hidden></h2>
        <p id="text" dir="auto"></p>
        <ul id="files"></ul>
        <p id="proof"></p>
      </main>
      ${scriptTag}`,
  )
}

/** What is shown where there is no message, or none any more. */
export function noLinkPage(isExpired: boolean): string {
  const why = isExpired
    ? 'This link has expired, and what was behind it is gone. Ask its sender for another.'
    : 'There is no message at this address. Check that you have copied all of it.'
  return page(
    html`<h1>No message here</h1>
      <p>${why}</p>`,
  )
}

function page(content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <title>A sealed message</title>
        ${styleTag}
      </head>
      <body>
        ${content}
      </body>
    </html>`.text
}
