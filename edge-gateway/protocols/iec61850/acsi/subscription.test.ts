/** Reports: what makes them, what is in them, and that a buffer loses none and tells none twice however the line behaves. */
import { afterEach, describe, expect, it } from 'vitest';
import { bitsOf } from '../asn1/bit-string.ts';
import type { ReportControlDefinition, ServerModel } from '../server/model.ts';
import { device, type Station, startStation } from '../testing/station.ts';
import { stationModel as baseModel } from '../testing/station-model.ts';
import type { Iec61850Client } from './client.ts';
import { ResumePoint } from './resume-point.ts';
import type { Report, Subscription, SubscriptionSettings } from './subscription.ts';

let station: Station;
afterEach(() => station.close());

const events = `${device}/LLN0.BR.brcbA01`;
const measurements = `${device}/LLN0.RP.urcbA01`;
const indication = `${device}/GGIO1.Ind1.stVal[ST]`;

const setIndication = (value: boolean): void => station.server.update(indication, { type: 'boolean', value });
const setPower = (value: number): void =>
  station.server.update(`${device}/MMXU1.TotW.mag.f[MX]`, { type: 'float', value, width: 32 });
const setFrequency = (value: number): void =>
  station.server.update(`${device}/MMXU1.Hz.mag.f[MX]`, { type: 'float', value, width: 32 });

async function subscribe(client: Iec61850Client, control: string, settings: Partial<SubscriptionSettings> = {}) {
  const reports: Report[] = [];
  const troubles: Error[] = [];
  const subscription: Subscription = await client.subscribe({
    control,
    onReport: (report) => void reports.push(report),
    onTrouble: (error) => void troubles.push(error),
    ...settings,
  });
  return { subscription, reports, troubles };
}

describe('an unbuffered block', () => {
  it('tells all members at the start, then those that change, with the reason', async () => {
    station = await startStation();
    const { client } = await station.connect();
    const { reports } = await subscribe(client, measurements);
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]!.members.map(({ reference }) => reference)).toEqual([
      `${device}/MMXU1.TotW[MX]`,
      `${device}/MMXU1.Hz.mag.f[MX]`,
      `${device}/MMXU1.Hz.q[MX]`,
    ]);
    setFrequency(50.02);
    station.server.update(`${device}/MMXU1.Hz.q[MX]`, { type: 'bit-string', value: bitsOf(13, [1]) });
    setFrequency(50.02);
    await expect.poll(() => reports.length).toBe(3);
    expect(reports.slice(1).map(({ members }) => members)).toMatchObject([
      [{ index: 1, reasons: ['dataChange'], value: { type: 'float' } }],
      [{ index: 2, reasons: ['qualityChange'] }],
    ]);
    expect(reports.map(({ sequenceNumber, missing }) => [sequenceNumber, missing])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
  });

  it('tells all members each period', async () => {
    station = await startStation();
    const { client } = await station.connect();
    const { reports } = await subscribe(client, measurements, { integrityMs: 1_000, interrogate: false });
    station.clock.advance(3_500);
    await expect.poll(() => reports.length).toBe(3);
    expect(reports[2]!.members.map(({ reasons }) => reasons)).toEqual([['integrity'], ['integrity'], ['integrity']]);
  });

  it('belongs to one client until that ends', async () => {
    station = await startStation();
    const first = await station.connect();
    const second = await station.connect();
    await subscribe(first.client, measurements);
    await expect(subscribe(second.client, measurements)).rejects.toThrow(/in use by another client/);
    first.cut();
    await expect.poll(() => station.server.associations).toBe(1);
    await subscribe(second.client, measurements);
  });

  it('takes a data set that the client made', async () => {
    station = await startStation();
    const { client } = await station.connect();
    await client.createDataSet('@mine', [`${device}/GGIO1.Ind1.stVal[ST]`]);
    const { reports, subscription } = await subscribe(client, measurements, { dataSet: '@mine', confRev: 2 });
    setIndication(true);
    await expect.poll(() => reports.length).toBe(2);
    expect(reports[1]!.members).toMatchObject([{ reference: indication, value: { value: true } }]);
    expect(reports[1]!.isConsistent).toBe(true);
    await client.unsubscribe(subscription);
  });
});

describe('a buffered block', () => {
  it('keeps what happens while nobody listens', async () => {
    station = await startStation();
    setIndication(true);
    setIndication(false);
    const { client } = await station.connect();
    const { reports } = await subscribe(client, events);
    await expect.poll(() => reports.length).toBe(2);
    expect(reports.map(({ members }) => members[0]!.value)).toMatchObject([
      { type: 'structure', items: [{ value: true }, {}, {}] },
      { type: 'structure', items: [{ value: false }, {}, {}] },
    ]);
    expect(reports[0]!.timeOfEntryMs).toBe(station.clock.now());
  });

  it('goes on after the entry that was handled last, through any number of cuts', async () => {
    station = await startStation();
    const resume = new ResumePoint();
    const seen: number[] = [];
    let made = 0;
    const make = (): void => {
      made++;
      station.server.update(`${device}/MMXU1.TotW.mag.f[MX]`, { type: 'float', value: made, width: 32 });
    };
    const control = `${device}/LLN0.BR.brcbC01`;
    await station.close();
    station = await startStation(
      {},
      modelWith({ name: 'brcbC01', buffered: true, dataSet: 'Power', maxEntries: 10_000 }),
    );
    for (let round = 0; round < 20; round++) {
      const { client, cut } = await station.connect();
      const onReport = ({ members }: Report): void => {
        seen.push(numberOf(members[0]!.value));
        // The line goes in the middle of what is being told.
        if (seen.length % 7 === round % 7) cut();
      };
      const { subscription } = await subscribe(client, control, { resume, onReport });
      for (let count = 0; count < 10; count++) make();
      if (resume.entryId && round > 0) expect(subscription.wasResumed).toBe(true);
      await expect.poll(() => !client.isOpen || seen.length === made).toBe(true);
      cut();
      for (let count = 0; count < 5; count++) make();
      await expect.poll(() => station.server.associations).toBe(0);
    }
    const { client } = await station.connect();
    await subscribe(client, control, {
      resume,
      onReport: ({ members }) => void seen.push(numberOf(members[0]!.value)),
    });
    await expect.poll(() => seen.length).toBe(made);
    expect(seen).toEqual(Array.from({ length: made }, (_, at) => at + 1));
  });

  it('does not count an entry as handled when its handler fails', async () => {
    station = await startStation();
    setIndication(true);
    setIndication(false);
    const resume = new ResumePoint();
    const first = await station.connect();
    let attempts = 0;
    await subscribe(first.client, events, {
      resume,
      onReport: () => {
        if (++attempts === 2) throw new Error('the disk is full');
      },
    });
    await expect.poll(() => first.client.isOpen).toBe(false);
    await expect.poll(() => station.server.associations).toBe(0);
    const second = await station.connect();
    const { reports } = await subscribe(second.client, events, { resume });
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]!.members[0]!.value).toMatchObject({ items: [{ value: false }, {}, {}] });
  });

  it('tells everything anew after a restart of the server, and nothing of it is taken for old', async () => {
    station = await startStation();
    const resume = new ResumePoint();
    const first = await station.connect();
    setIndication(true);
    const { reports } = await subscribe(first.client, events, { resume });
    await expect.poll(() => reports.length).toBe(1);
    station.clock.advance(1_000);
    await station.restart();
    setIndication(true);
    const second = await station.connect();
    const after = await subscribe(second.client, events, { resume });
    expect(after.subscription.wasResumed).toBe(false);
    await expect.poll(() => after.reports.length).toBe(1);
  });

  it('says when it had to throw entries away', async () => {
    station = await startStation();
    for (let power = 1; power <= 8; power++) setPower(power);
    const { client } = await station.connect();
    const { reports } = await subscribe(client, `${device}/LLN0.BR.brcbB01`);
    await expect.poll(() => reports.length).toBe(5);
    expect(reports.map(({ bufferOverflow }) => bufferOverflow)).toEqual([true, false, false, false, false]);
  });

  it('forgets what it holds when asked to', async () => {
    station = await startStation();
    setIndication(true);
    const { client } = await station.connect();
    const { reports } = await subscribe(client, events, { purge: true });
    setIndication(false);
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]!.members[0]!.value).toMatchObject({ items: [{ value: false }, {}, {}] });
  });

  it('gathers changes for the buffer time, and a second change of a member closes the entry', async () => {
    station = await startStation();
    const { client } = await station.connect();
    const { reports } = await subscribe(client, events, { bufferTimeMs: 100 });
    setIndication(true);
    station.server.update(`${device}/GGIO1.Ind2.stVal[ST]`, { type: 'boolean', value: true });
    setIndication(false);
    station.clock.advance(100);
    await expect.poll(() => reports.length).toBe(2);
    expect(reports.map(({ members }) => members.map(({ index }) => index))).toEqual([[0, 1], [0]]);
  });

  it('stays reserved for its client for a while when the line is cut', async () => {
    station = await startStation();
    const { client, cut } = await station.connect();
    await subscribe(client, events, { reserveSeconds: 30 });
    const other = await station.connect();
    await expect(subscribe(other.client, events)).rejects.toThrow(/in use/);
    cut();
    await expect.poll(() => station.server.associations).toBe(1);
    expect(await other.client.read(`${device}/LLN0.brcbA01.ResvTms`, 'BR')).toMatchObject({ value: 30 });
    station.clock.advance(30_000);
    expect(await other.client.read(`${device}/LLN0.brcbA01.ResvTms`, 'BR')).toMatchObject({ value: 0 });
  });
});

describe('a block whose attributes the server keeps fixed', () => {
  it('is used as it is, and what could not be had is told', async () => {
    station = await startStation({}, modelWith({ name: 'brcbF01', buffered: true, dataSet: 'Power', isFixed: true }));
    const { client } = await station.connect();
    const control = `${device}/LLN0.BR.brcbF01`;
    const { reports, troubles } = await subscribe(client, control, { integrityMs: 5_000 });
    expect(troubles.map(({ message }) => message)).toEqual(
      ['TrgOps', 'OptFlds', 'IntgPd'].map((name) => `${control}.${name}: object-access-denied.`),
    );
    setPower(3);
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]).toMatchObject({ entryId: expect.any(Buffer), members: [{ reasons: ['dataChange'] }] });
    await expect(
      station.connect().then((other) => subscribe(other.client, `${device}/LLN0.BR.brcbA01`, { dataSet: 'x/LLN0.y' })),
    ).rejects.toThrow(/DatSet: object-value-invalid/);
  });
});

describe('a report that does not fit into a PDU', () => {
  it('comes in segments and is told as one', async () => {
    station = await startStation({ maxPduSize: 260 });
    const { client } = await station.connect();
    const { reports, troubles } = await subscribe(client, measurements, {
      options: { sequenceNumber: true, reason: true, dataReference: true, timeStamp: true, dataSetName: true },
    });
    await expect.poll(() => reports.length).toBe(1);
    expect(reports[0]!.members.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(troubles).toEqual([]);
  });
});

const numberOf = (value: Report['members'][number]['value']): number =>
  value.type === 'float' ? value.value : Number.NaN;

function modelWith(report: ReportControlDefinition): ServerModel {
  return {
    ...baseModel,
    devices: baseModel.devices.map((definition) => ({
      ...definition,
      nodes: definition.nodes.map((node) =>
        node.name === 'LLN0' && definition.name === device
          ? {
              ...node,
              dataSets: [...(node.dataSets ?? []), { name: 'Power', members: ['MMXU1.TotW.mag.f[MX]'] }],
              reports: [...(node.reports ?? []), report],
            }
          : node,
      ),
    })),
  };
}
