import { describe, expect, it } from 'vitest';
import { UsageError } from './exit-codes.ts';
import { parseArguments } from './parse-arguments.ts';

const parse = (line: string, locale: 'en' | 'ar' = 'en') => parseArguments(line.split(' ').filter(Boolean), locale);

describe('the command line', () => {
  it('becomes the order that the platform gets', () => {
    const line =
      'tenants create --id north --name North --owner-name Sara --owner-email s@x.example --stage prod --json';
    expect(parse(line)).toEqual({
      isHelp: false,
      target: { stage: 'prod' },
      json: true,
      needsPassword: false,
      order: {
        action: 'create-tenant',
        tenant: { id: 'north', name: 'North' },
        owner: { name: 'Sara', email: 's@x.example', roles: ['OWNER'] },
      },
    });
    expect(parse('keys create --tenant n --name k --scope a:* --scope b:c:d --station S1')).toMatchObject({
      target: { stage: 'local' },
      order: { action: 'create-api-key', key: { name: 'k', scopes: ['a:*', 'b:c:d'], stationIds: ['S1'] } },
    });
    expect(parse('signing-key rotate --stolen')).toMatchObject({ order: { isStolen: true } });
    expect(parse('owners create --tenant n --name O --email o@x.example --super-admin --password-stdin')).toMatchObject(
      {
        needsPassword: true,
        order: { owner: { roles: ['OWNER', 'SUPER_ADMIN'] } },
      },
    );
  });

  it.each(['', '--help', 'tenants list -h'])('shows help for "%s"', (line) => {
    expect(parse(line)).toEqual({ isHelp: true });
  });

  it.each([
    ['tenants', /no command "tenants"/],
    ['tenants fly', /no command "tenants fly"/],
    ['constructor name', /no command/],
    ['tenants create --id x', /--name is missing/],
    ['tenants suspend', /ID is missing/],
    ['tenants suspend a b', /"b" does not belong/],
    ['tenants list --scope x', /"scope" does not belong/],
    ['tenants list --fly', /"--fly" does not belong/],
    ['tenants list --stage moon', /--stage takes local, dev, staging, prod, not "moon"/],
    ['tenants create --owner-password x', /arguments/],
    ['owners create --password=x', /arguments/],
  ])('says what is wrong with "%s"', (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });

  it('says it in Arabic too', () => {
    expect(() => parse('tenants fly --lang ar', 'ar')).toThrow(/لا يوجد أمر/);
  });
});
