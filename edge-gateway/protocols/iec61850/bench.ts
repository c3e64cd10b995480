/**
 * Reports per second over loopback, with the CPU time of both ends: a server in a process of its own changes a value with
 * its quality and time, and the client handles a report for each change.
 *
 *     node edge-gateway/protocols/iec61850/bench.ts [reports, 50000]
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Iec61850Client } from './acsi/client.ts';
import { utcTimeOf } from './mms/utc-time.ts';
import { logicalNodeZero, measuredValue } from './server/common-data-classes.ts';
import type { ServerModel } from './server/model.ts';
import { Iec61850Server } from './server/server.ts';

const device = 'BENCHLD0';
/** Far beyond any machine: a run that hangs ends. */
const limitMs = 120_000;

const model = (reports: number): ServerModel => ({
  vendor: 'Mizan',
  modelName: 'bench',
  revision: '1',
  devices: [
    {
      name: device,
      nodes: [
        logicalNodeZero({
          dataSets: [{ name: 'Power', members: ['MMXU1.TotW[MX]'] }],
          reports: [{ name: 'brcb01', buffered: true, dataSet: 'Power', maxEntries: reports }],
        }),
        { name: 'MMXU1', objects: [measuredValue('TotW')] },
      ],
    },
  ],
});

async function serve(reports: number): Promise<void> {
  const server = new Iec61850Server(model(reports));
  const port = await server.listen({ port: 0 });
  const before = process.cpuUsage();
  process.on('message', (order) => {
    if (order === 'end') return process.send!({ cpuMs: cpuMs(before) });
    let made = 0;
    const make = (): void => {
      for (let count = 0; count < 100 && made < reports; count++) {
        made++;
        server.updateAll([
          [`${device}/MMXU1.TotW.mag.f[MX]`, { type: 'float', value: made, width: 32 }],
          [`${device}/MMXU1.TotW.t[MX]`, { type: 'utc-time', value: utcTimeOf(Date.now()) }],
        ]);
      }
      if (made < reports) setImmediate(make);
    };
    return make();
  });
  process.send!({ port });
}

const cpuMs = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
};

export interface ReportBenchResult {
  reports: number;
  outOfOrder: number;
  reportsPerSecond: number;
  clientCpuPerReportUs: number;
  serverCpuPerReportUs: number;
  octetsPerReport: number;
  clientMemoryMb: number;
}

export async function benchmarkReports(reports: number): Promise<ReportBenchResult> {
  const child = fork(fileURLToPath(import.meta.url), ['serve', String(reports)]);
  const guard = setTimeout(() => {
    child.kill();
    throw new Error(`The benchmark did not end within ${limitMs} ms.`);
  }, limitMs);
  const message = <Kind>() => new Promise<Kind>((resolve) => child.once('message', (value) => resolve(value as Kind)));
  const { port } = await message<{ port: number }>();
  const client = await Iec61850Client.connect({ kind: 'tcp', host: '127.0.0.1', port });
  let handled = 0;
  let outOfOrder = 0;
  const finished = Promise.withResolvers<void>();
  await client.subscribe({
    control: `${device}/LLN0.BR.brcb01`,
    onReport: ({ members: [member] }) => {
      handled++;
      const value = member?.value.type === 'structure' ? member.value.items[0] : undefined;
      const power = value?.type === 'structure' ? value.items[0] : undefined;
      if (power?.type !== 'float' || power.value !== handled) outOfOrder++;
      if (handled === reports) finished.resolve();
    },
  });
  const bytesBefore = client.mms.statistics().bytesIn;
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  child.send('go');
  await finished.promise;
  const seconds = (performance.now() - startedMs) / 1000;
  const clientCpuMs = cpuMs(cpuBefore);
  const serverCpu = message<{ cpuMs: number }>();
  child.send('end');
  const result: ReportBenchResult = {
    reports,
    outOfOrder,
    reportsPerSecond: Math.round(reports / seconds),
    clientCpuPerReportUs: Math.round((clientCpuMs * 1000) / reports),
    serverCpuPerReportUs: Math.round(((await serverCpu).cpuMs * 1000) / reports),
    octetsPerReport: Math.round((client.mms.statistics().bytesIn - bytesBefore) / reports),
    clientMemoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
  clearTimeout(guard);
  client.abort();
  child.kill();
  return result;
}

if (import.meta.main) {
  if (process.argv[2] === 'serve') await serve(Number(process.argv[3]));
  else console.log(await benchmarkReports(Number(process.argv[2] ?? 50_000)));
}
