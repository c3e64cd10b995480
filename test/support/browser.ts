/** A real browser, where the machine has one. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Path of the browser, or undefined after saying why the tests that need it are skipped. */
export function findBrowser(): string | undefined {
  const path = candidates.find((candidate) => candidate !== undefined && existsSync(candidate));
  if (path === undefined)
    console.warn('Skipped: no Chromium here. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.');
  return path;
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
