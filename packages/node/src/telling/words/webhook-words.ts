import type { Told } from './told.ts'

/** What a message is about, as receivers tell them apart (Standard Webhooks, § Payload). */
export const alertsType = 'comity.alerts'
export const testType = 'comity.test'

/** The body of a signed message, JSON. The same at every attempt. */
export function webhookBody(
  { detail, alerts, total, missed }: Told,
  about: { readonly subscription: string; readonly at: number },
): string {
  return JSON.stringify({
    type: alertsType,
    timestamp: moment(about.at),
    data: {
      subscription: about.subscription,
      detail,
      ...(detail === 'none' ? {} : { total, alerts }),
      missed,
      look: '/api/v1/vault/alerts',
    },
  })
}

/** The body that somebody asks for to see whether messages arrive. */
export function testBody(about: { readonly subscription: string; readonly at: number }): string {
  return JSON.stringify({ type: testType, timestamp: moment(about.at), data: { subscription: about.subscription } })
}

/** RFC 3339. */
function moment(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z')
}
