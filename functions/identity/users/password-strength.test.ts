import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonWords } from './password-common-words.ts';
import { checkPassword, faultOf } from './password-strength.ts';

describe('a password', () => {
  it.each([
    'securePassword123',
    'SecurePassword123',
    'correct horse battery staple',
    'another long password',
    'kX7#mQ2p',
    'الشمس تشرق من خلف الجبل',
    'خانه‌ی ما آن طرف رود است',
    'лошадь батарея скрепка верно',
    'tr0ub4dor-and-three',
    '9f8a2c71be',
    'violet-Kettle-93',
  ])('of one’s own is taken: %s', async (password) => {
    expect(await faultOf(password)).toBeUndefined();
  });

  it.each([
    'password',
    'Password123',
    'P@ssw0rd',
    'p4$$w0rd!',
    'PASSWORD2024',
    '123password',
    'Passw0rd1!',
    'iloveyou',
    'I Love You 2',
    'Sunshine99',
    'Welcome2024!',
    'admin1234',
    'Admin@2025',
    'letmein!!',
    'qwertyuiop',
    'Qwerty123',
    '1q2w3e4r',
    '1qaz2wsx',
    'zaq12wsx',
    'asdfghjkl',
    'asdf1234',
    'qwer1234',
    'zxcvbnm,',
    'poiuytrewq',
    '12345678',
    '123456789',
    '1234567890',
    '87654321',
    '11111111',
    '12341234',
    'aaaaaaaa',
    'abcabcabc',
    'abcd1234',
    'abcdefgh',
    '19900101',
    '01.01.1990',
    '1399/05/12',
    '69696969',
    'testtest',
    'Test1234',
    'Mohammed1',
    'ahmed123',
    'Ahmed@2020',
    'football1',
    'dragon12',
    'superman!',
    'Liverpool1',
    'M1chael99',
    'habibi123',
    'Allah786',
    'Yemen2024',
    'tehran1234',
    'Natasha1985',
  ])('from the lists of breaches is refused: %s', async (password) => {
    expect(await faultOf(password)).toBe('common');
  });

  it.each([
    ['محمد1234', 'an Arabic name'],
    ['حبيبي2020', 'an Arabic word'],
    ['مُحَمَّد123', 'with its vowels'],
    ['كلمةالسر', '"the password"'],
    ['ضصثقفغعه', 'the first row of an Arabic keyboard'],
    ['حشسسصخقي', '"password" on an Arabic keyboard'],
    ['علیرضا۱۳۷۰', 'a Persian name with a year'],
    ['دوستتدارم', '"I love you" in Persian'],
    ['ЙЦУКЕН123', 'the first row of a Russian keyboard'],
    ['пароль123', '"password" in Russian'],
    ['зфыыцщкв', '"password" on a Russian keyboard'],
    ['vfrcbv99', 'a Russian name on an English keyboard'],
    ['dbrnjhbz', 'another'],
    ['1a2b3c4d', 'two sequences in turn'],
    ['123qweasd', 'a walk that turns twice'],
    ['ｐａｓｓｗｏｒｄ', 'full-width letters'],
  ])('that is common in other languages is refused: %s (%s)', async (password) => {
    expect(await faultOf(password)).toBe('common');
  });

  it('about its person is refused', async () => {
    const owner = {
      email: 'sara.nasr@north.example',
      phone: '+967771234567',
      username: 'snasr_77',
      names: ['Sara Nasr', 'فاطمة الحسني'],
    };
    for (const password of [
      'sara-in-the-garden',
      'NASR over the hill',
      'north light falls',
      'call 1234567 now',
      'xx_snasr_77_xx',
      'الحسني في البيت',
    ])
      expect(await faultOf(password, owner), password).toBe('personal');
    expect(await faultOf('green kettle at noon', owner)).toBeUndefined();
  });

  it('is counted in characters, not in bytes or halves of pairs', async () => {
    expect(await faultOf('كحلزونة')).toBe('too_short');
    expect(await faultOf('🦊🐢🦉🐍')).toBe('too_short');
    expect(await faultOf('x9'.repeat(129))).toBe('too_long');
  });

  it('is refused with the reason in both languages, at its field', async () => {
    await expect(checkPassword('Password123', {}, '/newPassword')).rejects.toMatchObject({
      code: 'validation_failed',
      details: [{ path: '/newPassword', message: expect.stringContaining('breaches') }],
      texts: { ar: expect.stringMatching(/[\u0600-\u06ff]/) },
    });
  });

  it('made of any common word and a few digits is refused, in any case', async () => {
    const words = [...commonWords].filter((word) => [...word].length >= 6);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...words),
        fc.integer({ min: 10, max: 9999 }),
        fc.boolean(),
        async (word, n, upper) => {
          expect(await faultOf(`${upper ? word.toUpperCase() : word}${n}`)).toBe('common');
        },
      ),
    );
  });

  it('of random characters is taken', async () => {
    for (let i = 0; i < 500; i++) {
      const password = randomBytes(12).toString('base64url');
      expect(await faultOf(password), password).toBeUndefined();
    }
  });
});
