import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../../local/simulator/fleet.ts';
import { findBrowser, launchBrowser } from '../support/browser.ts';
import { eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const browserPath = findBrowser();

describe.skipIf(browserPath === undefined)('the start page', () => {
  let mizan: Mizan;
  let receiver: Receiver;
  let fleet: Fleet;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    mizan = await startMizan({ meters: 6 });
    receiver = await startReceiver();
    const { north, platform } = mizan;
    expectOk(
      await north.api('POST', '/api/v1/developer/webhooks', {
        name: 'Partner',
        url: receiver.url,
        subscribedEvents: ['*'],
      }),
    );
    fleet = await startFleet({
      mqttUrl: platform.endpoints.mqttUrl,
      username: 'fleet',
      password: north.apiKey,
      intervalMs: 1000,
      stations: [
        {
          id: north.stationId,
          meters: north.meterIds.map((id) => ({ id, type: 'ADL200', profile: 'household', initialRegisterKwh: 1 })),
        },
      ],
    });
    browser = await launchBrowser(browserPath!);
    page = await browser.newPage({ viewport: { width: 1280, height: 960 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    await fleet?.stop();
    await mizan?.stop();
    await receiver?.close();
  });

  it('refuses a wrong password with the platform’s own words', async () => {
    await page.goto(mizan.platform.endpoints.restUrl);
    await page.fill('#email', mizan.north.email);
    await page.fill('#password', 'wrong');
    await page.click('#log-in button');
    await page.locator('#log-in-error', { hasText: /./ }).waitFor();
    expect(await page.textContent('#log-in-error')).toBe('The log-in name or the password is wrong.');
    // The browser itself reports the 401; it is the only error this test expects.
    expect(problems.splice(0).every((text) => text.includes('401'))).toBe(true);
  });

  it('shows live readings as a chart, the last events and the last deliveries', async () => {
    await page.fill('#password', mizan.north.password);
    await page.click('#log-in button');
    await page.waitForSelector('#connection[data-state="open"]');
    const points = async (): Promise<number> =>
      Number(await page.locator('#chart polyline').getAttribute('data-points', { timeout: 60_000 }));
    await eventually(points, (count) => count >= 5);
    await page.waitForSelector('#events tr:not(:has(.empty))', { timeout: 60_000 });
    await page.waitForSelector('#deliveries tr.success', { timeout: 60_000 });
    expect(await page.textContent('#readings')).toContain(mizan.north.meterIds[0]!.slice(0, 7));
    expect(Number(await page.textContent('#total'))).toBeGreaterThan(0);
    mkdirSync('dist', { recursive: true });
    await page.screenshot({ path: 'dist/start-page.png' });
  });

  it('speaks Arabic from right to left', async () => {
    await page.click('#language');
    expect(await page.getAttribute('html', 'dir')).toBe('rtl');
    expect(await page.textContent('[data-text="deliveries"]')).toBe('آخر تسليمات الويب هوك');
    const [title, menu] = await Promise.all([page.locator('h1').boundingBox(), page.locator('nav').boundingBox()]);
    expect(title!.x).toBeGreaterThan(menu!.x);
    await page.screenshot({ path: 'dist/start-page-ar.png' });
    await page.click('#language');
  });

  it('links to everything, and every link answers', async () => {
    const anchors = await page.locator('nav a').all();
    const links = await Promise.all(
      anchors.map(
        async (anchor) => new URL((await anchor.getAttribute('href'))!, mizan.platform.endpoints.restUrl).href,
      ),
    );
    expect(links.length).toBeGreaterThanOrEqual(5);
    for (const link of links) expect((await fetch(link)).status, link).toBe(200);
  });

  describe('the API documentation', () => {
    let docs: Page;
    beforeAll(async () => {
      docs = await browser.newPage();
      docs.on('pageerror', (error) => problems.push(error.message));
    });
    afterAll(() => docs?.close());

    /** Seconds the page has computed for, which a busy machine does not change. */
    async function computedSeconds(): Promise<number> {
      const session = await docs.context().newCDPSession(docs);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')!.value;
    }

    it('shows the first area at once, and the way to the others', async () => {
      await docs.goto(`${mizan.platform.endpoints.restUrl}/api/docs`);
      await docs.waitForSelector('.opblock-tag');
      expect(await docs.locator('.opblock-tag').count()).toBeGreaterThan(5);
      expect(await docs.textContent('#areas [aria-current="page"]')).toBe('Billing');
    });

    it('opens another area and an operation of it with its parameters, answers and examples', async () => {
      await docs.getByRole('link', { name: 'Scada' }).click();
      await docs.locator('#operations-tag-Stations').click();
      await docs.locator('#operations-Stations-updateStation .opblock-summary').click();
      const operation = docs.locator('#operations-Stations-updateStation');
      await operation.locator('.responses-inner').waitFor();
      const parameters = operation.locator('[data-param-name]');
      expect(await parameters.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-param-name')))).toEqual([
        'id',
        'If-Match',
      ]);
      expect(await operation.locator('.response[data-code="412"]').textContent()).toContain(
        '"code": "version_conflict"',
      );
      expect(await operation.locator('.response[data-code="200"] .example').textContent()).toContain('"status"');
      expect(new URL(docs.url()).hash).toBe('#/Stations/updateStation');
      // Measured 0.4 s; Swagger UI's own resolver, or the whole document at once, takes ten times as long.
      expect(await computedSeconds()).toBeLessThan(2);
    });

    it('opens where the catalogue of APIs leads, whatever the area', async () => {
      const apis: { operations: { operationId: string; documentation: string }[] }[] = expectOk(
        await mizan.north.api('GET', '/api/v1/developer/apis?domain=identity'),
      ).data;
      const operation = apis
        .flatMap(({ operations }) => operations)
        .find(({ operationId }) => operationId === 'login')!;
      await docs.goto('about:blank');
      await docs.goto(mizan.platform.endpoints.restUrl + operation.documentation);
      await docs.locator('#operations-Log-in-login.is-open .responses-inner').waitFor();
    });

    it('stays in that area when what the address named is closed', async () => {
      await docs.locator('#operations-Log-in-login .opblock-summary').click();
      await docs.waitForURL(({ hash }) => hash === '#/');
      await docs.reload();
      await docs.waitForSelector('.opblock-tag');
      expect(await docs.textContent('#areas [aria-current="page"]')).toBe('Identity');
    });

    it('names its areas in Arabic from right to left, and shows the operations as they are', async () => {
      await docs.click('#language');
      expect(await docs.textContent('#areas [aria-current="page"]')).toBe('الهوية والصلاحيات');
      expect(await docs.getAttribute('html', 'dir')).toBe('rtl');
      expect(await docs.getAttribute('#docs', 'dir')).toBe('ltr');
      await docs.screenshot({ path: 'dist/docs-page-ar.png' });
      await docs.click('#language');
    });
  });

  it('logs out', async () => {
    await page.click('#log-out');
    await page.waitForSelector('#log-in', { state: 'visible' });
    expect(problems).toEqual([]);
  });
});
