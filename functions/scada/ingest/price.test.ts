import { beforeAll, describe, expect, it } from 'vitest';
import { encodeValues, type ReportedValue } from '../../../layers/station/messages.ts';
import { publishConfiguration } from '../configurations/publish-configuration.ts';
import { addDevice, addLine, addPoint } from '../test-support/plant.ts';
import { deliver, useScadaStack } from '../test-support/scada-stack.ts';
import { handler as takeValues } from './values-handler.ts';

/** The price of recording, by the units the embedded DynamoDB counts; what it means in money is in docs/scada.md. */
const stack = useScadaStack();
const [deviceCount, pointsEach] = [20, 10];

beforeAll(async () => {
  await addLine(stack, { name: 'price' });
  for (let d = 0; d < deviceCount; d++) {
    await addDevice(stack, { name: 'price' }, `rtu-${d}`);
    for (let p = 0; p < pointsEach; p++) await addPoint(stack, `rtu-${d}`, `rtu-${d}.analog-${p}`);
  }
  await publishConfiguration(stack.session(), 'ST-1', { publishedBy: 'x' });
});

/** Write units for a thousand values, and bytes of the messages. @param seconds that one message holds */
async function unitsOf(seconds: number): Promise<{ writes: number; reads: number; messages: number; bytes: number }> {
  const { meter } = stack.tables.dynamodb;
  const send = async (batch: number) => {
    const t = Date.now() + (batch * seconds - 60) * 1000;
    const values: ReportedValue[] = [];
    for (let d = 0; d < deviceCount; d++)
      for (let p = 0; p < pointsEach; p++)
        for (let s = 0; s < seconds; s++)
          values.push({
            pointId: `rtu-${d}.analog-${p}`,
            value: Math.round((230 + Math.sin(d + p + s + batch) * 5) * 10) / 10,
            quality: 'good',
            timeMs: t + s * 1000,
          });
    const payload = encodeValues({ storeId: 'store-000001', seq: batch + 1 + seconds * 1000, values });
    expect(await deliver(takeValues, [{ topic: 'mizan/ST-1/gateway/values', payload }])).toEqual([]);
    return payload.length;
  };
  await send(0);
  const units = (kind: string) => meter.units(`dynamodb.${kind}RequestUnitPerMillion`);
  const before = [units('write'), units('read')];
  let bytes = 0;
  const batches = 3;
  for (let batch = 1; batch <= batches; batch++) bytes += await send(batch);
  const thousands = (deviceCount * pointsEach * seconds * batches) / 1000;
  return {
    writes: (units('write') - before[0]!) / thousands,
    reads: (units('read') - before[1]!) / thousands,
    messages: batches / thousands,
    bytes: bytes / thousands,
  };
}

describe('a thousand values of ten-point devices', () => {
  it.each([
    [1, 250],
    [5, 60],
    [10, 30],
  ])('cost, reported every %d s, at most %d write units', async (seconds, atMost) => {
    const units = await unitsOf(seconds);
    if (process.env['SHOW_PRICE']) console.info(seconds, units);
    expect(units.writes).toBeLessThanOrEqual(atMost);
  });
});
