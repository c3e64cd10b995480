import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOfStep, fromBase32, newTotpSecret, otpauthUri, stepAt, stepOfCode, toBase32 } from './totp.ts';

/** The secret of RFC 6238, appendix B, and of RFC 4226, appendix D: the ASCII text `12345678901234567890`. */
const rfcSecret = toBase32(Buffer.from('12345678901234567890'));

describe('codes', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at second %i are the last six digits of RFC 6238, appendix B', (seconds, expected) => {
    expect(codeOfStep(rfcSecret, stepAt(seconds * 1000))).toBe(expected);
  });

  it.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, i) => [i, code] as const,
    ),
  )('of counter %i are those of RFC 4226, appendix D', (counter, expected) => {
    expect(codeOfStep(rfcSecret, counter)).toBe(expected);
  });
});

describe('a code', () => {
  const now = 1_700_000_000_000;
  const step = stepAt(now);
  const code = (offset: number) => codeOfStep(rfcSecret, step + offset);

  it('counts one step early and one late, and no further', () => {
    for (const offset of [-1, 0, 1]) expect(stepOfCode(rfcSecret, code(offset), now)).toBe(step + offset);
    for (const offset of [-2, 2]) expect(stepOfCode(rfcSecret, code(offset), now)).toBeUndefined();
  });

  it('counts once: neither it nor an earlier one comes again', () => {
    expect(stepOfCode(rfcSecret, code(0), now, step)).toBeUndefined();
    expect(stepOfCode(rfcSecret, code(-1), now, step)).toBeUndefined();
    expect(stepOfCode(rfcSecret, code(1), now, step)).toBe(step + 1);
  });

  it.each(['', '12345', '1234567', 'abcdef'])('is not "%s"', (wrong) => {
    expect(stepOfCode(rfcSecret, wrong, now)).toBeUndefined();
  });
});

describe('secrets', () => {
  it('have 160 bits, and no two are alike', () => {
    expect(fromBase32(newTotpSecret())).toHaveLength(20);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
  });

  it('are the test vectors of RFC 4648, section 10, without padding', () => {
    const vectors = { f: 'MY', fo: 'MZXQ', foo: 'MZXW6', foob: 'MZXW6YQ', fooba: 'MZXW6YTB', foobar: 'MZXW6YTBOI' };
    for (const [text, encoded] of Object.entries(vectors)) expect(toBase32(Buffer.from(text))).toBe(encoded);
  });

  it('come back from base 32 as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...fromBase32(toBase32(Buffer.from(bytes)))]).toEqual([...bytes]);
      }),
    );
  });

  it('are told to apps by an address they read', () => {
    const uri = new URL(otpauthUri('ABC', 'سارة & co@x.example'));
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(uri.pathname)).toBe('/Mizan:سارة & co@x.example');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: 'ABC',
      issuer: 'Mizan',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
