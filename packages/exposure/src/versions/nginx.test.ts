import { nginxScheme } from './nginx.ts'
import { describeScheme } from './scheme-laws.fixture.ts'

describeScheme('nginx', {
  scheme: nginxScheme,
  // Releases in their order, by https://nginx.org/en/CHANGES
  ascending: [['0.6.18', '0.8.41', '1.5.0', '1.5.9', '1.5.13', '1.27.4', '1.29.0']],
  equal: [['1.5.13', '1.05.13']],
  refused: [
    ['1.29', /is not an nginx version: it is not three numbers/],
    ['1.29.0-r1', /is not an nginx version/],
  ],
  pieces: ['0', '1', '2', '9', '10'],
  from: '1.2.',
})
