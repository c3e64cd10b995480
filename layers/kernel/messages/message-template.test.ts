import { describe, expect, it } from 'vitest';
import { type MessageTemplate, messageLocaleOf, messageLocales, renderMessage } from './message-template.ts';

const text = (hello: string) => ({
  subject: `${hello} {name}`,
  paragraphs: [`${hello} {name}!`, '{code}'],
  short: `{code} ${hello}`,
});
const template: MessageTemplate = { en: text('Hello'), ar: text('مرحبا'), fa: text('سلام'), ru: text('Привет') };

describe('a message', () => {
  it('is written as text and as HTML in the direction of its language', () => {
    const message = renderMessage(template, 'ar', { name: 'سارة', code: '123456' });
    expect(message.text).toBe('مرحبا سارة!\n\n123456\n');
    expect(message.html).toContain('<html lang="ar" dir="rtl">');
    expect(message.html).toContain('dir="ltr">123456</p>');
    expect(message.short).toBe('123456 مرحبا');
    expect(renderMessage(template, 'ru', { name: 'x', code: '1' }).html).toContain('dir="ltr"');
  });

  it('shows values as they are and never as HTML, placeholders or headers', () => {
    const name = '<img src=x onerror="alert(1)"> & {code}\r\nBcc: all@b.example';
    const message = renderMessage(template, 'en', { name, code: '123456' });
    expect(message.html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; {code}');
    expect(message.subject).not.toMatch(/[\r\n]/);
    expect(message.text).toContain('{code}\r\n');
  });

  it('that lacks a value is not sent half', () => {
    expect(() => renderMessage(template, 'en', { name: 'x' })).toThrow(/"code"/);
    expect(() => renderMessage(template, 'en', { name: 'x', __proto__: { code: '1' } } as never)).toThrow(/"code"/);
  });
});

describe('the language of a message', () => {
  it.each([
    [undefined, 'en'],
    ['fa-IR,fa;q=0.9,en;q=0.8', 'fa'],
    ['de, ru;q=0.5, ar;q=0.4', 'ru'],
    ['fa;q=0, ar;q=0.1', 'ar'],
    ['xx', 'en'],
    [';;;,q=', 'en'],
  ])('for %s is %s', (header, expected) => {
    expect(messageLocaleOf(header, 'en')).toBe(expected);
  });

  it('is one of four', () => expect(messageLocales).toEqual(['en', 'ar', 'fa', 'ru']));
});
