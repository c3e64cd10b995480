/**
 * Traffic of a station through what goes wrong between the field and the platform's history: the gateway killed in the middle,
 * its broker gone, a device's line cut. An RTU counts; every count must be recorded once, with its own time, in order.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CuttableLine, startCuttableLine } from '../support/cuttable-line.ts';
import { eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';
import { startTestStation, type TestStation } from '../support/station.ts';

const index = 9;
const everyMs = 20;

let mizan: Mizan;
let line: CuttableLine;
let station: TestStation;

beforeAll(async () => {
  mizan = await startMizan({ meters: 1 });
  line = await startCuttableLine(Number(new URL(mizan.platform.endpoints.mqttUrl).port));
  station = await startTestStation(mizan, `mqtt://127.0.0.1:${line.port}`);
  station.field.rtu.outstation.define({ kind: 'counter', index, eventClass: 1, flags: 1 });
  const { api, stationId } = mizan.north;
  expectOk(
    await api('POST', '/api/scada/points', {
      ...{ id: 'RTU1.count', deviceId: 'RTU1', name: 'Count', pointType: 'counter', dataType: 'uint32' },
      address: { group: 'counter', index },
    }),
  );
  const { configurationVersion } = expectOk(await api('POST', `/api/scada/configurations/${stationId}`)).data;
  await eventually(
    async () => expectOk(await api('GET', `/api/scada/configurations/${stationId}/${configurationVersion}`)).data,
    ({ outcome }) => outcome?.status === 'applied',
  );
  await station.alive();
});
afterAll(async () => {
  await station?.stop();
  await line?.close();
  await mizan?.stop();
});

/** How often the gateway had to connect to the RTU anew. */
let reconnects = 0;
/** What the field counted so far, with the time of each. */
const counted: { value: number; time: string }[] = [];

function count(): void {
  const timeMs = Date.now();
  // Two in one millisecond could not be told apart by their time.
  if (counted.at(-1)?.time === new Date(timeMs).toISOString()) return;
  counted.push({ value: counted.length + 1, time: new Date(timeMs).toISOString() });
  station.field.rtu.outstation.update('counter', index, counted.length, { timeMs });
}

/** Counts while `work` is done. */
async function countDuring(work: () => Promise<unknown>): Promise<void> {
  const timer = setInterval(count, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything that was counted is recorded: none lost, none twice, in order, each with its own time. */
async function expectAllRecorded(): Promise<void> {
  const recorded = () => station.history('RTU1.count');
  await eventually(recorded, (values) => values.some(({ value }) => value === counted.length));
  // What would come twice gets its chance.
  await eventually(recorded, (values) => values.filter(({ value }) => Number(value) > 0).length >= counted.length);
  const values = (await recorded()).filter(({ value }) => Number(value) > 0);
  const own = new Set(counted.map(({ time }) => time));
  const events = values.filter(({ time }) => own.has(time));
  expect(events).toEqual(counted.map((event) => ({ ...event, quality: 'good' })));
  // While the device's line is down its last value is marked stale, and told as good again; nothing else is recorded.
  const marks = values.filter(({ time }) => !own.has(time));
  expect(marks.length).toBeLessThanOrEqual(2 * reconnects);
  for (const { value } of marks) expect(value).toBeLessThanOrEqual(counted.length);
}

describe('a station in trouble', () => {
  it('loses and repeats nothing when its gateway is killed in the middle of traffic, again and again', async () => {
    await countDuring(async () => {
      for (let round = 0; round < 3; round += 1) {
        await pause(700 + 150 * round);
        await station.gateway.kill();
        await pause(100);
        station.restartGateway();
        reconnects += 1;
        await pause(1_200);
      }
    });
    await expectAllRecorded();
  });

  it('goes on where the line to the device was cut in the middle of its events', async () => {
    await countDuring(async () => {
      for (let round = 0; round < 3; round += 1) {
        await pause(350);
        station.field.rtu.outstation.detach();
        reconnects += 1;
      }
      await pause(350);
    });
    await expectAllRecorded();
  });

  it('catches up in order when the broker was away', async () => {
    await countDuring(async () => {
      await pause(300);
      line.cut();
      await pause(1_500);
      line.mend();
      await pause(300);
    });
    await expectAllRecorded();
  });

  it('keeps what was not sent through a kill while the broker is away', async () => {
    await countDuring(async () => {
      line.cut();
      await pause(1_000);
      await station.gateway.kill();
      station.restartGateway();
      reconnects += 1;
      await pause(1_000);
      line.mend();
    });
    await expectAllRecorded();
  });
});
