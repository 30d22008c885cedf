import { opensslScheme } from './openssl.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('OpenSSL', {
  scheme: opensslScheme,
  ascending: [
    // Releases in their order, by https://openssl-library.org/source/old/
    [
      '0.9.8zh',
      '1.0.0-beta1',
      '1.0.0',
      '1.0.0a',
      '1.0.2z',
      '1.0.2za',
      '1.0.2zk',
      '1.1.0-pre1',
      '1.1.1',
      '1.1.1w',
      '3.0.0',
    ],
    ['3.0.0-alpha1', '3.0.0-alpha17', '3.0.0-beta1', '3.0.0-beta2', '3.0.0', '3.0.10', '3.1.0'],
  ],
  equal: [['3.0.1', '3.0.01', '03.0.1']],
  refused: [
    ['3.0', /is not an OpenSSL version: it is not three numbers/],
    ['1.1.1W', /is not an OpenSSL version/],
    ['1.1.1-dev', /is not an OpenSSL version/],
    ['fips-3.0.0', /is not an OpenSSL version/],
  ],
  pieces: ['0', '1', '9', 'a', 'z', 'za', '-alpha1', '-beta2', '-pre1'],
  from: '1.0.1',
})
