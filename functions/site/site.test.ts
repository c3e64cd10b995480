import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { errorStatus } from '../../layers/kernel/errors/error-codes.ts';
import { errorsPage } from './docs/errors-page.ts';
import { staticFiles } from './static-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'mizan-site-'));
const long = '<!doctype html><p>'.padEnd(5000, 'x');
writeFileSync(join(folder, 'index.html'), long);
writeFileSync(join(folder, 'small.js'), 'x');
writeFileSync(join(folder, 'secret.txt'), 'secret');
const file = staticFiles(folder, ['index.html', 'small.js', 'missing.css']);
const bytes = ({ raw }: any): Buffer => Buffer.from(raw.body, 'base64');

describe('files of pages', () => {
  it('are served as what they are, compressed when that helps and is wanted', () => {
    const plain = file('index.html', undefined);
    expect(bytes(plain).toString()).toBe(long);
    expect(plain.raw!.contentType).toBe('text/html; charset=utf-8');
    const zipped = file('index.html', 'br, gzip;q=0.8');
    expect(zipped.headers!['content-encoding']).toBe('gzip');
    expect(gunzipSync(bytes(zipped)).toString()).toBe(long);
    expect(file('small.js', 'gzip').headers!['content-encoding']).toBeUndefined();
    expect(file('small.js', undefined).raw!.contentType).toMatch(/^text\/javascript/);
  });

  it('carry the policy that keeps foreign scripts out, and caches know they vary', () => {
    const { headers } = file('index.html', undefined);
    expect(headers!['content-security-policy']).toContain("script-src 'self'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
      'cache-control': 'no-cache',
    });
  });

  it.each(['secret.txt', '../secret.txt', './index.html', '', '__proto__', 'constructor', 'toString', 'INDEX.HTML'])(
    'are only those that are listed: %s',
    (name) => {
      expect(() => file(name, undefined)).toThrow(expect.objectContaining({ code: 'not_found' }));
    },
  );
});

describe('pages', () => {
  it.each(['console/index.html', 'console/docs/index.html'])(
    '%s runs no inline script, so that its policy can forbid them',
    (path) => {
      const html = readFileSync(path, 'utf8');
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/i);
      expect(html).not.toMatch(/\son\w+\s*=/i);
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//i);
    },
  );

  it('explain every error code in both languages', () => {
    const page = errorsPage('ar');
    expect(page).toContain('<html lang="ar"');
    for (const [code, status] of Object.entries(errorStatus)) {
      expect(page).toContain(`id="${code}"`);
      expect(page).toContain(`<td>${status}</td>`);
    }
  });
});
