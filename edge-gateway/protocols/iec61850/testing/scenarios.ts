/**
 * What is done with another implementation's server when an exchange is recorded, and again when it is replayed. Each
 * scenario gives its findings as plain data, which are kept with the bytes.
 */
import type { Iec61850Client } from '../acsi/client.ts';
import type { CommandSettings } from '../acsi/control-command.ts';
import { toPlain } from '../acsi/plain-value.ts';
import { leavesOf } from '../acsi/station-model.ts';
import type { Report } from '../acsi/subscription.ts';
import type { AccessResult } from '../mms/access-result.ts';

export type Scenario = (client: Iec61850Client) => Promise<unknown>;

/** Settings that make an exchange the same each time: one call after the other. */
export const scenarioSettings = { maxOutstanding: 1 };
export const scenarioTimeMs = Date.UTC(2026, 0, 15, 12);

const plain = (result: AccessResult): unknown =>
  result.type === 'access-error'
    ? result.error
    : result.type === 'structure' || result.type === 'array'
      ? result.items.map(plain)
      : String(toPlain(result));

const failure = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const basics: Scenario = async (client) => {
  const model = await client.discover();
  const zero = model.devices[0]!.nodes.find(({ name }) => name === 'LLN0');
  const members = await client.dataSetMembers('REF1LD0/LLN0.Power');
  return {
    identity: await client.mms.identify(),
    status: await client.mms.status(),
    leaves: [...leavesOf(model)].length,
    dataSets: zero?.dataSets,
    reports: zero?.reports,
    members,
    written: await client.write('REF1LD0/MMXU1.TotW.mag.f[MX]', { type: 'float', value: 1, width: 32 }).catch(failure),
    missing: await client.readMany(['REF1LD0/MMXU1.NONE[MX]', 'REF1LD0/NONE1.Mod[ST]']),
    set: (await client.readDataSet('REF1LD0/LLN0.Power')).map((result) => result.type),
    made: await madeDataSet(client),
  };
};

async function madeDataSet(client: Iec61850Client): Promise<unknown> {
  const members = ['REF1LD0/MMXU1.Hz[MX]', 'REF1LD0/GGIO1.SPCSO1.stVal[ST]'];
  const results: unknown[] = [];
  for (const name of ['@mine', 'REF1LD0/LLN0.mine']) {
    await client.createDataSet(name, members);
    results.push(await client.dataSetMembers(name), (await client.readDataSet(name)).length);
    await client.deleteDataSet(name);
    results.push(await client.dataSetMembers(name).catch(failure));
  }
  return results;
}

const controls: Scenario = async (client) => {
  const outcomes: unknown[] = [];
  for (const name of ['SPCSO1', 'SPCSO2', 'SPCSO3', 'SPCSO4']) {
    const control = await client.control(`REF1LD0/GGIO1.${name}`);
    outcomes.push(control.model);
    const commands: CommandSettings[] = [
      { value: true, test: true },
      { value: false },
      { value: name !== 'SPCSO1' },
      { value: false, check: { synchro: false, interlock: true } },
      { value: false, check: { synchro: true, interlock: false } },
    ];
    for (const settings of commands) outcomes.push(await control.execute(settings));
    outcomes.push(plain(await client.read(`${control.reference}.stVal[ST]`)));
    if (!control.model.startsWith('sbo')) continue;
    const command = control.command({ value: true });
    outcomes.push(await command.select(), await command.cancel(), await command.operate());
  }
  return outcomes;
};

const without = ({ members, ...report }: Report) => ({
  sequenceNumber: report.sequenceNumber,
  missing: report.missing,
  bufferOverflow: report.bufferOverflow,
  isConsistent: report.isConsistent,
  members: members.map(({ index, reasons, value }) => [
    index,
    reasons,
    value.type === 'structure' ? plain(value.items[0]!) : plain(value),
  ]),
});

/** Operating SPCSO1 makes the reference server change a measured value ten times. */
const reports: Scenario = async (client) => {
  const told: Report[] = [];
  const isThere = (count: number) =>
    new Promise<void>((resolve) => {
      const look = (): unknown => (told.length >= count ? resolve() : setImmediate(look));
      look();
    });
  const subscription = await client.subscribe({
    control: 'REF1LD0/LLN0.BR.brcb01',
    purge: true,
    onReport: (report) => void told.push(report),
  });
  await (await client.control('REF1LD0/GGIO1.SPCSO1')).execute({ value: true });
  // The switch with its two updates, then ten values.
  await isThere(13);
  await subscription.interrogate();
  await isThere(14);
  await client.unsubscribe(subscription);
  // From the middle of the buffer: what was handled before is not told again.
  const { ResumePoint } = await import('../acsi/resume-point.ts');
  const resume = new ResumePoint(told[5]!.entryId);
  const again = await client.subscribe({
    control: 'REF1LD0/LLN0.BR.brcb01',
    resume,
    onReport: (report) => void told.push(report),
  });
  await isThere(22);
  await client.unsubscribe(again);
  return { wasResumed: again.wasResumed, told: told.map(without) };
};

const settingGroups: Scenario = async (client) => {
  const groups = client.settingGroups('DEMOPROT');
  const setting = 'DEMOPROT/PTOC1.StrVal.setMag.f';
  const states = [await groups.state()];
  await groups.edit(2, [[setting, { type: 'float', value: 4.5, width: 32 }]]);
  await groups.activate(2);
  states.push(await groups.state());
  const value = plain(await client.read(setting, 'SG'));
  const refused = await groups.activate(9).catch(failure);
  await groups.activate(1);
  return { states: states.map(({ count, active, edited }) => ({ count, active, edited })), value, refused };
};

const arrays: Scenario = async (client) => {
  const leaves = [...leavesOf(await client.discover())].filter(({ reference }) => reference.includes('('));
  const results = await client.readMany(leaves.map(({ reference, fc }) => `${reference}[${fc}]`));
  return {
    leaves: leaves.length,
    first: leaves[0],
    values: results.filter(({ type }) => type === 'float').map(plain),
    element: plain(await client.read('testComplexArray/MHAI1.HA.phsAHar(5).cVal[MX]')),
  };
};

const password: Scenario = async (client) => ({ identity: await client.mms.identify() });

/** By the name of the recording. */
export const scenarios: Record<string, { run: Scenario; password?: string }> = {
  basics: { run: basics },
  controls: { run: controls },
  reports: { run: reports },
  'setting-groups': { run: settingGroups },
  arrays: { run: arrays },
  password: { run: password, password: 'user1@testpw' },
};
