/** The files of the portal's page, which lie beside the bundle, under a content security policy that lets nothing in from elsewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Reply } from '../../../layers/kernel/http/route.ts';

const contentTypes = new Map([
  ['portal.html', 'text/html; charset=utf-8'],
  ['portal.js', 'text/javascript; charset=utf-8'],
  ['portal.css', 'text/css; charset=utf-8'],
  ['page.css', 'text/css; charset=utf-8'],
]);

/** Where files are that do not lie here: the start page has them too. */
const sharedFolder = join(import.meta.dirname, '../../../console');

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  // The address holds the token.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

const texts = new Map<string, string>();

export function portalFile(name: string): Reply<never> {
  const contentType = contentTypes.get(name);
  if (contentType === undefined) throw notFound('file', name);
  let body = texts.get(name);
  if (body === undefined) {
    const beside = join(import.meta.dirname, name);
    // Beside the bundled code every file is.
    body = readFileSync(existsSync(beside) ? beside : join(sharedFolder, name), 'utf8');
    texts.set(name, body);
  }
  return { headers, raw: { body, contentType } };
}
