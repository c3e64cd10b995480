/** Energy of prepaid tokens in a loss report: sold on the day the token was made, and not any more when it is taken back. */
import { expect, it } from 'vitest';
import { lossReporting } from '../test-support/loss-reporting.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';

const tenant = 'sold-losses';
const scene = usePrepaidScene(tenant);
const { row, addArea, assign } = lossReporting(scene.stack, tenant);

it('is charged like what is billed', async () => {
  const { supplyId, meterId } = await scene.addSupply();
  const area = await addArea({ inputMeters: [] });
  await assign(area, { [meterId]: [{ from: '2026-01-01' }] });
  await scene.buy(supplyId, '3000');
  const second = await scene.buy(supplyId, '1000');
  const june = { from: '2026-06-01', to: '2026-06-16' };
  // 101.1 and 19 kWh, as worked out in docs/billing.md.
  expect(await row(area, june)).toMatchObject({
    soldKwh: '120.1',
    billedKwh: '0',
    unbilledKwh: '0',
    quality: { unreadMeters: 1 },
  });
  expect(await row(area, { from: '2026-06-01', to: '2026-06-15' })).toMatchObject({ soldKwh: '0' });
  expect((await scene.post(`/${second.body.data.id}/reversal`, { reason: 'wrong meter' })).status).toBeLessThan(300);
  expect(await row(area, june)).toMatchObject({ soldKwh: '101.1' });
});
