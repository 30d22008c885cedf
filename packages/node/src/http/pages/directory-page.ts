import { html, type Html } from './html.ts'

/** A directory for people who look for a file by hand (CSAF 2.0, requirement 14). Names are relative to it. */
export function directoryPage(path: string, names: readonly string[]): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Index of ${path}</title>
        <link rel="stylesheet" href="/assets/page.css" />
      </head>
      <body>
        <main id="content">
          <h1>Index of ${path}</h1>
          <ul>
            <li><a href="../">one up</a></li>
            ${names.map((name) => html`<li><a href="${name}">${name}</a></li>`)}
          </ul>
        </main>
      </body>
    </html>`
}
