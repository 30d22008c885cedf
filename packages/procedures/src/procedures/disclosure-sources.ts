import type { Citation } from '../definition.ts'

export const disclosureStandard: Citation = { text: 'ISO/IEC 29147, vulnerability disclosure', verified: false }
export const handlingStandard: Citation = { text: 'ISO/IEC 30111, vulnerability handling processes', verified: false }
export const manyParties: Citation = {
  text: 'FIRST, Guidelines and Practices for Multi-Party Vulnerability Coordination and Disclosure, version 1.1',
  url: 'https://www.first.org/global/sigs/vulnerability-coordination/multiparty/guidelines-v1.1',
  verified: false,
}
export const initiative: Citation = { text: 'Global Initiative on Data Security, paragraph 8', verified: true }
export const ours: Citation = { text: "this project's own choice, where the parties name no time", verified: true }
export const customary: Citation = {
  text: 'CERT/CC, responding to a notification: publication 45 days after the first attempt at contact, negotiable',
  url: 'https://vuls.cert.org/confluence/pages/viewpage.action?pageId=4718606',
  verified: true,
}
