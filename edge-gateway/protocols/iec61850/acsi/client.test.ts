/** The model of a server as it is discovered, values by reference, data sets and setting groups. */
import { afterEach, describe, expect, it } from 'vitest';
import { AccessError } from '../errors.ts';
import { device, type Station, startStation } from '../testing/station.ts';
import { leavesOf } from './station-model.ts';

let station: Station;
afterEach(() => station.close());

const connect = async (...options: Parameters<typeof startStation>) => {
  station = await startStation(...options);
  return (await station.connect()).client;
};

const float = (value: number) => ({ type: 'float', value, width: 32 }) as const;

describe('discovery', () => {
  it('finds devices, nodes, objects with their types, data sets and control blocks', async () => {
    const model = await (await connect({ maxNamesPerPage: 10 })).discover();
    expect(model.devices.map(({ name }) => name)).toEqual([device, 'STATION1LD1']);
    const nodes = model.devices[0]!.nodes;
    expect(nodes.map(({ name }) => name)).toEqual(['LLN0', 'MMXU1', 'MHAI1', 'PTOC1', 'GGIO1', 'XCBR1']);
    expect(nodes[0]).toMatchObject({
      hasSettingGroups: true,
      dataSets: [`${device}/LLN0.Events`, `${device}/LLN0.Measurements`],
      reports: [
        { reference: `${device}/LLN0.urcbA01`, buffered: false },
        { reference: `${device}/LLN0.brcbA01`, buffered: true },
        { reference: `${device}/LLN0.brcbB01`, buffered: true },
      ],
    });
    const leaves = [...leavesOf(model)];
    expect(leaves).toContainEqual({
      reference: `${device}/MMXU1.TotW.mag.f`,
      fc: 'MX',
      type: { kind: 'float', width: 32, exponentWidth: 8 },
    });
    expect(leaves.filter(({ reference }) => reference.includes('har(')).length).toBe(16);
    expect(leaves.find(({ reference }) => reference.endsWith('XCBR1.Pos.Oper.ctlVal'))?.fc).toBe('CO');
  });

  it('asks for the parts where the whole is too large for an answer', async () => {
    const whole = await connect();
    const expected = [...leavesOf(await whole.discover())].length;
    await station.close();
    const inParts = await connect({ maxPduSize: 900 });
    expect([...leavesOf(await inParts.discover())].length).toBe(expected);
  });
});

describe('values by reference', () => {
  it('are read and written, elements of arrays too', async () => {
    const client = await connect();
    station.server.update(`${device}/MHAI1.HA.har(7).mag.f[MX]`, float(3.5));
    expect(await client.read(`${device}/MHAI1.HA.har(7).mag.f`, 'MX')).toEqual(float(3.5));
    await client.write(`${device}/MMXU1.TotW.d[DC]`, { type: 'visible-string', value: 'Bay 4' });
    expect(await client.read(`${device}/MMXU1.TotW.d[DC]`)).toMatchObject({ value: 'Bay 4' });
    await expect(client.read(`${device}/MMXU1.Nothing[MX]`)).rejects.toThrow(AccessError);
    await expect(client.write(`${device}/MMXU1.TotW.mag.f[MX]`, float(1))).rejects.toThrow(/object-access-denied/);
  });

  it('come in any number, through small PDUs, each with its own result', async () => {
    const client = await connect({ maxPduSize: 400 });
    station.server.update(`${device}/MMXU1.Hz.mag.f[MX]`, float(49.9));
    const references = Array.from({ length: 300 }, (_, at) =>
      at % 3 === 0
        ? `${device}/MMXU1.Hz.mag.f[MX]`
        : at % 3 === 1
          ? `${device}/MMXU1.TotW[MX]`
          : `${device}/NONE1.X[MX]`,
    );
    const results = await client.readMany(references);
    expect(results.length).toBe(300);
    for (const [at, result] of results.entries()) {
      expect(result.type).toBe(['float', 'structure', 'access-error'][at % 3]);
    }
  });

  it.each(['', 'LD', 'LD/', 'LD/LN', 'LD/LN.A', 'LD/LN.A[XX]', 'LD/LN..A[ST]', 'LD/LN.A(x)[ST]', 'LD/LN.A[ST]b'])(
    'by something else (%j) are an error before anything is sent',
    async (reference) => {
      const client = await connect();
      const before = client.mms.statistics().requests;
      await expect(client.read(reference)).rejects.toThrow(/is not a reference|no functional constraint/);
      expect(client.mms.statistics().requests).toBe(before);
    },
  );
});

describe('data sets', () => {
  it('are made, read and deleted', async () => {
    const client = await connect();
    const name = `${device}/LLN0.mine`;
    const members = [`${device}/MMXU1.TotW[MX]`, `${device}/MHAI1.HA.har(2).mag[MX]`];
    await client.createDataSet(name, members);
    expect(await client.dataSetMembers(name)).toEqual(members);
    expect(await client.readDataSet(name)).toMatchObject([{ type: 'structure' }, { type: 'structure' }]);
    await client.deleteDataSet(name);
    await expect(client.deleteDataSet(name)).rejects.toThrow(/not deleted/);
    await expect(client.deleteDataSet(`${device}/LLN0.Events`)).rejects.toThrow(/not deleted/);
  });
});

describe('setting groups', () => {
  const setting = `${device}/PTOC1.StrVal.setMag.f`;

  it('change what is active, and an edit counts when it is confirmed', async () => {
    const client = await connect();
    const groups = client.settingGroups(device);
    expect(await groups.state()).toMatchObject({ count: 3, active: 1, edited: 0 });
    await groups.edit(2, [[setting, float(7.5)]]);
    expect(await client.read(setting, 'SG')).toEqual(float(1.5));
    await groups.activate(2);
    expect(await client.read(setting, 'SG')).toEqual(float(7.5));
    expect(await groups.state()).toMatchObject({ active: 2, lastActivatedMs: station.clock.now() });
    await expect(groups.activate(4)).rejects.toThrow(/object-value-invalid/);
  });

  it('are edited by one client at a time, and an edit that fails leaves nothing', async () => {
    const client = await connect();
    const groups = client.settingGroups(device);
    const other = (await station.connect()).client.settingGroups(device);
    await groups.beginEdit(1);
    await expect(other.edit(1, [[setting, float(9)]])).rejects.toThrow(/temporarily-unavailable/);
    await groups.abandonEdit();
    await expect(other.edit(1, [[setting, { type: 'boolean', value: true }]])).rejects.toThrow(/type-inconsistent/);
    expect(await groups.state()).toMatchObject({ edited: 0 });
    expect(await client.read(setting, 'SG')).toEqual(float(1.5));
  });
});
