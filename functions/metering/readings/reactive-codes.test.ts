/** Reactive energy of meters that tell of it by several registers, not all of them in each message. */
import { expect, it } from 'vitest';
import { usageBetween } from '../contract.ts';
import { handler as ingest } from '../ingest/handler.ts';
import { deliver, hourMs, iso, readingMessage, useMeteringStack } from '../test-support/metering-stack.ts';

const stack = useMeteringStack();
const t0 = Date.UTC(2026, 4, 10, 21);

/** Of days since the beginning. */
const reactive = async (id: string, from: number, to: number) => {
  const bucket = { start: t0 + from * 24 * hourMs, end: t0 + to * 24 * hourMs };
  return (await usageBetween(stack.session(), id, [bucket]))[0]!.reactiveUnits;
};

it('is that of one register, to the edge, though the other is told there', async () => {
  const registers = [{ obis: '3.8.0' }, { obis: '3.8.1' }];
  await stack.addMeter({
    id: 'RC-1',
    installedAt: iso(t0 - hourMs),
    initialRegisterKwh: '0',
    maxPlausibleKw: 20,
    registers,
  });
  // The whole at ten each day, half a kvarh an hour; its first rate every other hour.
  const messages = Array.from({ length: 97 }, (_, hour) =>
    readingMessage('RC-1', t0 + hour * hourMs, hour, {
      registers: hour % 24 === 10 ? { '3.8.0': hour / 2 } : { '3.8.1': hour / 4 },
    }),
  );
  await deliver(ingest, messages);
  // From noon to noon, though the whole is told two hours before.
  expect(await reactive('RC-1', 0.5, 1.5)).toBe(12_000_000n);
  expect(await reactive('RC-1', 1.5, 2.5)).toBe(12_000_000n);
});
