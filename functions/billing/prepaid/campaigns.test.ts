/** A campaign gives each meter of the old base date its key-change tokens once, whatever is repeated, and knows who has the new key. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { campaignPartEntity } from './campaign-entity.ts';
import { handler as campaigns } from './campaign-handler.ts';
import { handler as meters } from './meter-handler.ts';
import { campaignPage, campaignQueue } from './run-campaign.ts';
import { vendingMeterEntity } from './vending-meter.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'keys';
const scene = usePrepaidScene(tenant, 1993);
const base = '/api/billing/prepaid/key-change-campaigns';
const call = (method: string, path = '', body?: object) =>
  scene.stack.call(tenant, campaigns, method, `${base}${path}`, body === undefined ? {} : { body });
const order = { name: 'TID 2024', fromBaseDate: 1993, toBaseDate: 2014, keyRevision: 2 };
const walk = (times = 1) => scene.stack.workOff(campaignQueue, (body) => campaignPage(JSON.parse(body)), { times });
const keyOf = (meterId: string) => openSession(tenant).require(vendingMeterEntity, { meterId });
const keyTokens = () => scene.tokens().filter(({ kind }) => kind === 'key-change');

describe('a campaign', () => {
  it('asks once for each meter, through pauses, repetitions and refusals, and counts who has the new key', async () => {
    const supplies = [];
    for (let i = 0; i < 5; i++) supplies.push(await scene.addSupply());
    // No token that is made today is taken by such a meter before its key is changed.
    expect((await scene.buy(supplies[0]!.supplyId, '1000')).status).toBe(422);
    expect((await call('POST', '', { ...order, toBaseDate: 1993 })).status).toBe(422);
    const { id, rollOverAt } = (await call('POST', '', order)).body.data;
    expect(rollOverAt).toBe('2024-11-24T20:16:00.000Z');
    expect((await call('POST', `/${id}/pause`)).body.data.status).toBe('paused');
    await walk();
    expect((await call('GET', `/${id}`)).body.data.counts).toMatchObject({ requested: 0 });
    await call('POST', `/${id}/resume`);
    await call('POST', `/${id}/resume`);
    await walk(3);
    scene.provider.providers.setMode('sts', { mode: 'reject', times: 1, method: 'POST' });
    await scene.workOff(120, 2);
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({
      status: 'done',
      counts: { requested: 5, vended: 4, confirmed: 0, failed: 1 },
    });
    expect(keyTokens()).toHaveLength(4);
    expect(keyTokens().every(({ tokens }) => tokens.length === 2)).toBe(true);
    const list = async (status: string) =>
      (await scene.stack.call(tenant, campaigns, 'GET', `${base}/${id}/meters`, { query: { status } })).body.data;
    const [failed] = await list('failed');
    const [one, two] = (await list('vended')) as { meterId: string }[];

    // One customer says so; another one buys twice.
    await scene.stack.call(tenant, meters, 'POST', `/api/billing/prepaid/meters/${one!.meterId}/confirm-key`, {
      body: { by: 'customer' },
    });
    const buyer = supplies.find(({ meterId }) => meterId === two!.meterId)!;
    await scene.buy(buyer.supplyId, '1000');
    expect((await keyOf(buyer.meterId)).baseDate).toBe(1993);
    await scene.buy(buyer.supplyId, '1000');
    expect(await keyOf(buyer.meterId)).toMatchObject({ baseDate: 2014, keyRevision: 2, supplyGroupCode: '600123' });
    expect((await list('confirmed')).map(({ confirmedBy }: any) => confirmedBy).sort()).toEqual([
      'customer',
      'next_vend',
    ]);
    expect((await call('GET', `/${id}`)).body.data.counts).toEqual({
      requested: 5,
      vended: 4,
      confirmed: 2,
      failed: 1,
    });

    // The next campaign takes up what failed, and only that: others have the key or are about to.
    const next = (await call('POST', '', order)).body.data;
    await walk(2);
    await scene.workOff(60);
    const again = await scene.stack.call(tenant, campaigns, 'GET', `${base}/${next.id}/meters`);
    expect(again.body.data).toMatchObject([{ meterId: failed.meterId, status: 'vended' }]);
    expect(keyTokens()).toHaveLength(5);
    expect((await scene.stack.call('other', campaigns, 'GET', `${base}/${id}`)).status).toBe(404);
  });

  it.each<[string, object]>([
    ['before the next page was ordered', { page: 1 }],
    ['before the campaign was ended', { page: 1, done: true }],
  ])('goes on after workers that died when their page was done, %s', async (_, state) => {
    const { id } = (await call('POST', '', order)).body.data;
    const bodies: string[] = [];
    await scene.stack.workOff(campaignQueue, async (body) => void bodies.push(body));
    const session = openSession(tenant);
    for (const body of bodies) {
      const { campaignId, part } = JSON.parse(body);
      const row = await session.require(campaignPartEntity, { campaignId, part });
      await session.transact('billing', (unit) => unit.update(campaignPartEntity, row, state, { isAudited: false }));
    }
    expect((await call('GET', `/${id}`)).body.data.status).toBe('running');
    for (const body of bodies) await campaignPage(JSON.parse(body));
    await walk();
    expect((await call('GET', `/${id}`)).body.data.status).toBe('done');
  });

  it('goes on where two do each page at once and the one who was first dies before handing on', async () => {
    for (let i = 0; i < 12; i++) await scene.addSupply();
    const { id } = (await call('POST', '', order)).body.data;
    const { send } = SQSClient.prototype;
    const died = new Set<string>();
    const spy = vi.spyOn(SQSClient.prototype, 'send').mockImplementation(function (this: SQSClient, ...given: any[]) {
      const [body] = given[0].input.Entries.map(({ MessageBody }: any) => MessageBody);
      if (body.includes('"page":') && !died.has(body)) {
        died.add(body);
        throw new Error('The worker died.');
      }
      return (send as any).apply(this, given);
    });
    const twice = async (body: string): Promise<void> => {
      const page = () => campaignPage(JSON.parse(body), 1);
      // One message, delivered twice: who came second has it acknowledged.
      const ends = await Promise.allSettled([page(), page()]);
      expect(ends.map(({ status }) => status)).toContain('fulfilled');
    };
    await scene.stack.workOff(campaignQueue, twice, { seconds: 1200 });
    spy.mockRestore();
    expect(died.size).toBeGreaterThan(3);
    expect((await call('GET', `/${id}`)).body.data.status).toBe('done');
  });
});
