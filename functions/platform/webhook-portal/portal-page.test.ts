import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBrowser, launchBrowser } from '../../../test/support/browser.ts';
import { bus, call, create, own, receiver, work } from '../test-support/webhook-scene.ts';
import { handler } from './handler.ts';

const browserPath = findBrowser();
let origin = '';
let close: () => void;

/** The page's own requests on their way to the function, as the gateway brings them. */
beforeAll(async () => {
  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const body = await textOf(incoming);
    const answer = (await handler(
      {
        rawPath: url.pathname,
        rawQueryString: url.search.slice(1),
        headers: incoming.headers,
        queryStringParameters: Object.fromEntries(url.searchParams),
        ...(body === '' ? {} : { body }),
        isBase64Encoded: false,
        requestContext: { http: { method: incoming.method, sourceIp: '192.0.2.1' } },
      } as never,
      { awsRequestId: 'request' } as never,
    )) as { statusCode: number; headers: Record<string, string>; body?: string };
    outgoing.writeHead(answer.statusCode, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterAll(() => close());

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  return text;
}

it.skipIf(browserPath === undefined)(
  'lets a partner see deliveries, send one again and change the language, with no script error',
  async () => {
    const { id } = await create({ name: '<b>Partner</b>' });
    await bus(own());
    await work();
    const { token } = (await call('POST', `/${id}/portal-link`, { name: 'Acme' })).data;
    const browser = await launchBrowser(browserPath!);
    try {
      const page = await (await browser.newContext({ locale: 'en' })).newPage();
      const problems: string[] = [];
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('console', (line) => {
        if (line.type() === 'error') problems.push(line.text());
      });
      await page.goto(`${origin}/api/v1/developer/webhook-portal#${token}`);
      await page.getByRole('cell', { name: 'station.created' }).waitFor();
      // What people typed is text and never markup.
      expect(await page.locator('h1').textContent()).toBe('<b>Partner</b>');
      await page.getByRole('button', { name: 'Details' }).click();
      await page.getByRole('dialog').waitFor();
      expect(await page.locator('#detail-text').textContent()).toContain('"responseStatus": 200');
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('It is on its way.').waitFor();
      await work();
      expect(receiver.received).toHaveLength(2);
      await page.getByRole('button', { name: 'العربية' }).click();
      await page.getByRole('heading', { name: 'عمليات التسليم' }).waitFor();
      expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
      expect(problems).toEqual([]);
      await page.goto('about:blank');
      await page.goto(`${origin}/api/v1/developer/webhook-portal#${token.slice(0, -2)}`);
      await page.getByRole('status').getByText('not valid').waitFor();
    } finally {
      await browser.close();
    }
  },
  30_000,
);
