/** Signature version 4 against the published test suite ("get-vanilla", "get-vanilla-query-order-key-case", "post-vanilla"). */
import { expect, it } from 'vitest';
import { signRequest } from './sign-request.ts';

const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
};
const time = Date.parse('2015-08-30T12:36:00Z');

it.each([
  ['GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['GET', '/?Param2=value2&Param1=value1', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
  ['POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
])('%s %s', (method, path, signature) => {
  const headers = signRequest(
    { method, url: `https://example.amazonaws.com${path}`, headers: {}, body: '' },
    keys,
    time,
  );
  expect(headers['authorization']).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  );
  expect(headers['host']).toBeUndefined();
});
