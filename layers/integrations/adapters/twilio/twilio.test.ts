/** Twilio's signature against the example of its documentation ("Validating requests"). */
import { expect, it } from 'vitest';
import { hmac } from '../../signatures.ts';

it('the documented example has the documented signature', () => {
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  };
  const content =
    'https://mycompany.com/myapp.php?foo=1&bar=2' +
    Object.entries(fields)
      .map(([name, value]) => name + value)
      .join('');
  expect(hmac('sha1', '12345', content, 'base64')).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
});
