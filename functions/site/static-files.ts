/** Serves files that were bundled beside a function, with a strict content security policy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { notFound } from '../../layers/kernel/errors/app-error.ts';
import type { Reply } from '../../layers/kernel/http/route.ts';

const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ts: 'text/plain; charset=utf-8',
};

/** For every page of ours: nothing from elsewhere, no inline script, no frame around it. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Text below this size is sent as it is. */
const compressFromBytes = 1400;

/**
 * @param folder the folder beside the bundle
 * @param names files that may be served; everything else does not exist
 */
export function staticFiles(
  folder: string,
  names: readonly string[],
): (name: string, acceptEncoding: string | undefined) => Reply<never> {
  const cache = new Map<string, { plain: Buffer; zipped: Buffer }>();
  return (name, acceptEncoding) => {
    if (!names.includes(name)) throw notFound('file', name);
    let file = cache.get(name);
    if (file === undefined) {
      const plain = readFileSync(join(folder, name));
      file = { plain, zipped: gzipSync(plain) };
      cache.set(name, file);
    }
    const zip = file.plain.length >= compressFromBytes && /\bgzip\b/.test(acceptEncoding ?? '');
    return {
      headers: {
        ...securityHeaders,
        'cache-control': name.endsWith('.html') ? 'no-cache' : 'public, max-age=300',
        vary: 'accept-encoding',
        ...(zip ? { 'content-encoding': 'gzip' } : {}),
      },
      raw: {
        contentType: contentTypes[name.split('.').pop()!] ?? 'application/octet-stream',
        body: (zip ? file.zipped : file.plain).toString('base64'),
        base64: true,
      },
    };
  };
}
