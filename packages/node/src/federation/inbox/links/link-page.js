// What the page behind a sealed link does: fetch, decrypt, show. Plain JavaScript, sent to browsers as it is.
// The secret stands in the fragment of the address, which the browser keeps to itself.
const chunkBytes = 4 * 1024 * 1024

const fromBase64Url = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

const toBase64Url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

async function derive(secret, info) {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new TextEncoder().encode(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256))
}

async function open(key, sealed, additionalData) {
  const secret = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt'])
  const parameters = { name: 'AES-GCM', iv: sealed.subarray(0, 12), additionalData }
  return new Uint8Array(await crypto.subtle.decrypt(parameters, secret, sealed.subarray(12)))
}

async function ask(path, init) {
  const response = await fetch(path, init)
  if (!response.ok) throw new Error(response.status === 410 ? 'expired' : `answer ${response.status}`)
  return response
}

// Returns what is behind the link, and the receipt that its sender gets.
async function openLink(base, fragment) {
  const secret = fromBase64Url(fragment)
  if (secret.length !== 32) throw new Error('fragment')
  const sealed = new Uint8Array(await (await ask(`${base}/sealed`)).arrayBuffer())
  const plain = await open(await derive(secret, 'comity link key'), sealed, new Uint8Array(0))
  const content = JSON.parse(new TextDecoder().decode(plain))
  const opener = toBase64Url(await derive(secret, 'comity link opener'))
  const headers = { 'content-type': 'application/json' }
  const answer = await ask(`${base}/opened`, { method: 'POST', headers, body: JSON.stringify({ opener }) })
  const { receipt } = await answer.json()
  return { content, receipt: fromBase64Url(receipt) }
}

// One chunk after the other, each bound to its place in the file.
async function openFile(base, n, { key, size, count }) {
  const parts = []
  for (let index = 0; index < count; index++) {
    const sealed = new Uint8Array(await (await ask(`${base}/attachments/${n}/${index}`)).arrayBuffer())
    const prefix = new TextEncoder().encode('comity attachment 1\n')
    const bound = new Uint8Array(prefix.length + 17)
    bound.set(prefix)
    const view = new DataView(bound.buffer, prefix.length)
    view.setUint32(0, index)
    view.setUint32(4, count)
    view.setBigUint64(8, BigInt(size))
    view.setUint8(16, index === count - 1 ? 1 : 0)
    const part = await open(fromBase64Url(key), sealed, bound)
    if (part.length !== Math.min(chunkBytes, size - index * chunkBytes)) throw new Error('chunk')
    parts.push(part)
  }
  return parts
}

function save(parts, name, type) {
  const address = URL.createObjectURL(new Blob(parts, { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

function say(id, text) {
  const place = document.getElementById(id)
  place.textContent = text
  place.hidden = text === ''
}

function button(text, action) {
  const element = document.createElement('button')
  element.type = 'button'
  element.textContent = text
  element.addEventListener('click', () => run(element, action))
  return element
}

const reasons = {
  expired: 'This link has expired. Ask its sender for another.',
  fragment: 'This link is not whole: the part behind # is missing. Copy all of it.',
}

async function run(element, action) {
  element.disabled = true
  say('state', 'One moment …')
  try {
    await action()
    say('state', '')
  } catch (error) {
    const { name, message } = error
    say('state', reasons[message] ?? (name === 'OperationError' ? reasons.fragment : `This did not work: ${message}.`))
  }
  element.disabled = false
}

function show(base, { content, receipt }) {
  const { author, subject, text, iat, attachments, message } = content
  say('author', `${author.name} (${author.urn.slice(-64, -56)}…)`)
  say('date', new Date(iat * 1000).toISOString().slice(0, 16).replace('T', ' ') + ' UTC')
  say('subject', subject ?? '')
  say('text', text)
  const list = document.getElementById('files')
  for (const [n, file] of attachments.entries()) {
    const item = document.createElement('li')
    const open = async () => save(await openFile(base, n, file), file.name, 'application/octet-stream')
    item.append(
      button(file.name, open),
      document.createTextNode(` ${file.size.toLocaleString('en')} bytes, ${file.digest}`),
    )
    list.append(item)
  }
  const proof = document.getElementById('proof')
  proof.append(
    button('The message as it was signed', async () =>
      save([fromBase64Url(message)], 'message.cose', 'application/cose'),
    ),
    button('The receipt that you opened it', async () => save([receipt], 'receipt.cose', 'application/cose')),
  )
  document.getElementById('message').hidden = false
  document.getElementById('ask').hidden = true
}

const start = document.getElementById('open')
if (globalThis.crypto?.subtle === undefined)
  say('state', 'This page can decrypt only over https, in a browser of today.')
else {
  const base = location.pathname
  start.disabled = false
  start.addEventListener('click', () =>
    run(start, async () => show(base, await openLink(base, location.hash.slice(1)))),
  )
}
