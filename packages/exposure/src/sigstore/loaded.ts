/** The sigstore libraries, loaded when something is verified: most commands and most nodes never do. */
import type * as SigstoreBundles from '@sigstore/bundle'
import type * as SigstoreForms from '@sigstore/protobuf-specs'
import type * as SigstoreVerify from '@sigstore/verify'
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

export const sigstore = {
  get verify(): typeof SigstoreVerify {
    return load('@sigstore/verify') as typeof SigstoreVerify // its own types
  },
  get bundles(): typeof SigstoreBundles {
    return load('@sigstore/bundle') as typeof SigstoreBundles // its own types
  },
  get forms(): typeof SigstoreForms {
    return load('@sigstore/protobuf-specs') as typeof SigstoreForms // its own types
  },
}
