/** What metering promises other domains. */
import { expect, it } from 'vitest';
import { consumptionBetween, requireMeter, takeInMessages } from './contract.ts';
import { hourMs, iso, readingMessage, startTime, useMeteringStack } from './test-support/metering-stack.ts';

const stack = useMeteringStack();
const from = startTime - 48 * hourMs;

it('takes in messages like those of MQTT and measures what they tell', async () => {
  await stack.addMeter({ id: 'C-1', installedAt: iso(from), initialRegisterKwh: '10' });
  const message = (hours: number, kwh: number) => ({
    ...readingMessage('C-1', from + hours * hourMs, kwh),
    payload: readingMessage('C-1', from + hours * hourMs, kwh).payload,
    receivedMs: startTime,
    clientId: 'webhook',
  });
  const alert = {
    topic: 'acrel/ST-1/meter/C-1/alert',
    payload: { timestamp: iso(startTime), meter_id: 'C-1', alert_type: 'tamper', severity: 'critical' },
    receivedMs: startTime,
    clientId: 'webhook',
  };
  expect(await takeInMessages([message(10, 15), message(24, 22.25), alert])).toBe(true);
  expect(await consumptionBetween(stack.session(), 'C-1', from, from + 24 * hourMs)).toEqual({
    energyKwh: '12.25',
    estimated: false,
    complete: true,
    billable: true,
    flags: [],
  });
  expect(await consumptionBetween(stack.session(), 'C-1', from, startTime)).toMatchObject({
    energyKwh: '12.25',
    complete: false,
    billable: false,
  });
  expect(stack.events('meter.alert')).toHaveLength(1);
});

it('knows meters of the tenant only', async () => {
  await expect(requireMeter(stack.session('tenant-b'), 'C-1')).rejects.toMatchObject({ code: 'not_found' });
});
