/**
 * What is billed is what the registers moved: in whatever order readings come, twice, late, across roll-overs, exchanges, customers
 * and the change of clocks, the bills of a meter add up to its last register less its first, times its ratio.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { toUnits } from '../../../layers/metering/register.ts';
import { dayStart } from '../../../layers/tariff/calendar.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { handler as meters } from '../../metering/meters/handler.ts';
import { addReadings } from '../../metering/readings/add-readings.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { bringReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler as veeSettings } from '../vee-settings/handler.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'cns';
const { setUp, moveTo, bill, invoicesOf, addTariff } = meteredCustomers(stack, tenant);
const zone = 'Europe/Berlin';
const hourMs = 3_600_000;
const months = ['2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01'];
const [start, end] = [dayStart(months[0]!, zone), dayStart(months[3]!, zone)];
const hours = (end - start) / hourMs;
const modulus = 10_000;
const iso = (hour: number) => new Date(start + hour * hourMs).toISOString();
let tariff: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  const session = openSession(tenant);
  const row = await session.require(tenantEntity, { id: tenant });
  await session.transact('identity', (unit) => unit.update(tenantEntity, row, { timeZone: zone }));
  // Energies to the millionth, each worth more than the smallest coin, as a bill that costs the same is not made anew: so sums are
  // compared exactly. Usage here is wilder than any customer's.
  const energy = {
    kind: 'energy',
    code: 'energy',
    label: { en: 'Energy', ar: 'الطاقة' },
    blocks: [{ rate: '1000000' }],
  };
  tariff = await addTariff('EXACT', [energy], { rounding: { energyDecimals: 6 } });
  await stack.call(tenant, veeSettings, 'PUT', '/api/billing/vee-settings', {
    body: { general: { spike: { ignoreBelowUnits: 1_000_000_000 } } },
  });
});

interface Story {
  /** The register's first value, and what it gains in each hour is made of the seed: 0 to 4 kWh. */
  first: number;
  seed: number;
  ratio: 1 | 40;
  /** Hours of readings besides both ends. */
  read: number[];
  /** Order of arrival, and how many come at once. */
  order: number[];
  batch: number;
  /** Hour of an exchange, and local day of a move. */
  exchangedAt: number | undefined;
  movedOn: string | undefined;
}

const story: fc.Arbitrary<Story> = fc.record({
  first: fc.integer({ min: 0, max: modulus - 1 }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  ratio: fc.constantFrom(1, 40),
  read: fc.uniqueArray(fc.integer({ min: 1, max: hours - 1 }), { minLength: 3, maxLength: 30 }),
  order: fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 32, maxLength: 32 }),
  batch: fc.integer({ min: 3, max: 20 }),
  exchangedAt: fc.option(fc.integer({ min: 2, max: hours - 2 }), { nil: undefined }),
  movedOn: fc.option(fc.constantFrom('2026-03-29', '2026-03-30', '2026-04-01', '2026-04-17'), { nil: undefined }),
});

function registersOf({ first, seed, exchangedAt }: Story) {
  let random = seed;
  const gained = [0];
  for (let hour = 0; hour < hours; hour++) {
    random = (random * 48_271) % 2_147_483_647;
    gained.push(gained[hour]! + (random % 5));
  }
  const old = (hour: number) => (first + gained[hour]!) % modulus;
  const shown = (hour: number) =>
    exchangedAt !== undefined && hour >= exchangedAt
      ? (9990 + gained[hour]! - gained[exchangedAt]!) % modulus
      : old(hour);
  return { gained, old, shown };
}

it('bills add up to what the registers moved', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const { ratio, read, order, batch, exchangedAt, movedOn } = told;
      const { gained, old, shown } = registersOf(told);
      const meter = {
        ...{
          model: 'ANY',
          digits: 4,
          decimals: 0,
          ctRatio: ratio,
          registerScale: 'secondary',
          maxPlausibleKw: 5 * ratio,
        },
        ...{ installedAt: iso(0), initialRegisterKwh: String(told.first) },
      };
      const first = await setUp([], { tariff, meter, from: months[0]! });
      const { meterId } = first;
      const customers = [first.customerId];
      if (exchangedAt !== undefined) {
        const body = {
          ...{ at: iso(exchangedAt), finalRegisterKwh: String(old(exchangedAt)) },
          ...{ newSerialNumber: `${meterId}-B`, newInitialRegisterKwh: '9990' },
        };
        const as = { permissions: ['metering:*'] };
        const { status } = await stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, {
          body,
          as,
        });
        expect(status).toBe(200);
      }
      if (movedOn !== undefined) {
        const second = await setUp([], { tariff, from: '2026-12-01' });
        await moveTo(second, first, movedOn);
        customers.push(second.customerId);
      }
      const arriving = [0, hours, ...read].map((hour, i) => ({ hour, place: order[i % order.length]! + i / 100 }));
      // A third of them comes twice, the second time at the end.
      const repeated = arriving.filter((_, i) => i % 3 === 0).map(({ hour }) => ({ hour, place: 2_000_000 + hour }));
      const queue = [...arriving, ...repeated].sort((a, b) => a.place - b.place).map(({ hour }) => hour);
      for (let turn = 0; queue.length > 0; turn++) {
        const readings = queue
          .splice(0, batch)
          .map((hour) => ({ meterId, time: iso(hour), registerKwh: String(shown(hour)) }));
        const { data } = await addReadings(openSession(tenant), { readings, source: 'api', locale: 'en' });
        expect(data.results.filter(({ status }) => status !== 'accepted')).toEqual([]);
        await bringReadings(stack);
        const to = months[Math.min(turn + 1, 3)]!;
        for (const customerId of customers) await bill(customerId, { from: months[0]!, to }, { mayEstimate: true });
      }
      await stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
      for (const customerId of customers)
        expect((await bill(customerId, { from: months[0]!, to: months[3]! })).problems).toEqual([]);
      expect(await billedUnits(customers, meterId)).toBe(BigInt(gained[hours]! * ratio * 1_000_000));
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 60_000);

/** Of what stands: an invoice as its last difference note has it. Millionths of a kWh. */
async function billedUnits(customers: readonly string[], meterId: string): Promise<bigint> {
  let sum = 0n;
  for (const customerId of customers) {
    const all = await invoicesOf(customerId);
    for (const invoice of all.filter(({ kind }) => kind === 'invoice')) {
      const notes = all
        .filter(({ kind, corrects }) => kind === 'difference_note' && corrects === invoice.id)
        .sort(
          (a, b) => a.invoiceNumber.length - b.invoiceNumber.length || (a.invoiceNumber < b.invoiceNumber ? -1 : 1),
        );
      for (const made of (notes.at(-1) ?? invoice).bills)
        if (made.meterId === meterId) sum += BigInt(toUnits(made.bill.importKwh)!);
    }
  }
  return sum;
}
