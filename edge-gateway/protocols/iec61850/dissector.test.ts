/** What we send, read by an implementation that is not ours: the MMS dissector of Wireshark. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasProgram, run } from '../../../test/support/programs.ts';
import { openChannel } from '../transport/byte-channel.ts';
import { Iec61850Client } from './acsi/client.ts';
import { Iec61850Server } from './server/server.ts';
import { pcap, recorded } from './testing/capture.ts';
import { device } from './testing/station.ts';
import { stationModel } from './testing/station-model.ts';

async function everything(port: number): Promise<{ capture: Buffer; requests: number }> {
  const packets: Parameters<typeof pcap>[0] = [];
  const channel = recorded(await openChannel({ kind: 'tcp', host: '127.0.0.1', port }), packets);
  const client = await Iec61850Client.connect(channel, { password: 'secret', tpduSize: 512 });
  await client.mms.identify();
  await client.mms.status();
  await client.discover();
  await client.readMany([`${device}/MHAI1.HA.har(3).mag.f[MX]`, `${device}/NONE1.X[MX]`, `${device}/XCBR1.Pos[ST]`]);
  await client.createDataSet('@mine', [`${device}/GGIO1.Ind1[ST]`]);
  await client.dataSetMembers('@mine');
  await client.readDataSet('@mine');
  await client.deleteDataSet('@mine');
  for (const name of ['SPCSO1', 'SPCSO2', 'SPCSO3', 'SPCSO4']) {
    await (await client.control(`${device}/GGIO1.${name}`)).execute({ value: true });
  }
  const reports: unknown[] = [];
  const control = `${device}/LLN0.BR.brcbA01`;
  const subscription = await client.subscribe({
    control,
    interrogate: true,
    onReport: (told) => void reports.push(told),
  });
  await expect.poll(() => reports.length).toBeGreaterThan(0);
  await client.unsubscribe(subscription);
  await client
    .settingGroups(device)
    .edit(2, [[`${device}/PTOC1.StrVal.setMag.f`, { type: 'float', value: 2, width: 32 }]]);
  await client.close();
  return { capture: pcap(packets), requests: client.mms.statistics().requests };
}

describe.skipIf(!hasProgram('tshark', 'tshark'))('tshark', () => {
  it('understands every PDU of an association from its first byte to its last', async () => {
    const server = new Iec61850Server(stationModel, { password: 'secret' });
    const folder = await mkdtemp(join(tmpdir(), 'mms-'));
    try {
      const file = join(folder, 'exchange.pcap');
      const { capture, requests } = await everything(await server.listen({ port: 0 }));
      await writeFile(file, capture);
      const tshark = async (...options: string[]) => (await run('tshark', ['-r', file, ...options])).stdout;
      const fields = ['-T', 'fields', '-e', 'frame.number'];
      expect(
        await tshark('-Y', '_ws.malformed || _ws.unreassembled || _ws.expert.severity == 0x00800000', ...fields),
      ).toBe('');
      const names = [
        'mms.confirmed_RequestPDU_element',
        'mms.confirmed_ResponsePDU_element',
        'mms.initiate_RequestPDU_element',
        'mms.initiate_ResponsePDU_element',
        'mms.informationReport_element',
        'mms.conclude_RequestPDU_element',
        'acse.rlrq_element',
      ];
      const table = await tshark('-T', 'fields', ...names.flatMap((name) => ['-e', name]));
      const rows = table.split('\n').map((row) => row.split('\t'));
      const counts = names.map(
        (_, column) => rows.flatMap((row) => row[column]?.split(',').filter(Boolean) ?? []).length,
      );
      expect(counts).toEqual([requests, requests, 1, 1, expect.any(Number), 1, 1]);
      // Two terminations, a report of all members, and those of the switches.
      expect(counts[4]).toBeGreaterThanOrEqual(3);
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });
});
