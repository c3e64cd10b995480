/**
 * The edge gateway: Modbus polling against a bare read loop, DNP3 events, IEC 61850 reports, a station of 100,000 points in
 * memory, and bytes on the uplink. Each is measured by the benchmark beside its code; here are its budgets.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bench as benchmarkModbus } from '../edge-gateway/drivers/modbus/bench.ts';
import { benchmarkEvents } from '../edge-gateway/protocols/dnp3/bench.ts';
import { benchmarkReports } from '../edge-gateway/protocols/iec61850/bench.ts';
import type { BenchReport } from '../edge-gateway/runtime/bench.ts';
import type { BenchResult } from './result.ts';

const budgets = {
  modbusCoreShare: 0.2,
  dnp3MicrosecondsPerEvent: 12,
  iec61850MicrosecondsPerReport: 50,
  memoryMebibytes: 320,
  uplinkShareOfJson: 0.05,
} as const;

export async function run(): Promise<BenchResult[]> {
  return [
    await modbus(),
    await dnp3(),
    await iec61850(),
    // Apart from the others: its memory is what is measured.
    ...(await station()),
  ];
}

async function modbus(): Promise<BenchResult> {
  const { cpuShare, bareCpuShare, ratio, missedCycles, valuesPerSecond } = await benchmarkModbus();
  return {
    name: 'gateway: 10 Modbus devices × 10,000 floats (20,000 registers), each second',
    measured: `${cpuShare.toFixed(3)} core (${ratio.toFixed(1)} ×), ${valuesPerSecond} values/s, ${missedCycles} cycles missed`,
    reference: `bare read loop ${bareCpuShare.toFixed(3)} core`,
    budget: `≤ ${budgets.modbusCoreShare} core, none missed`,
    isWithin: cpuShare <= budgets.modbusCoreShare && missedCycles === 0,
  };
}

async function dnp3(): Promise<BenchResult> {
  const polled = await benchmarkEvents({ events: 100_000 });
  const unsolicited = await benchmarkEvents({ events: 100_000, unsolicited: true });
  const dearest = Math.max(polled.cpuMicrosecondsPerEvent, unsolicited.cpuMicrosecondsPerEvent);
  return {
    name: 'gateway: DNP3 events, each confirmed, both ends in one process',
    measured: `${polled.eventsPerSecond}/s polled, ${unsolicited.eventsPerSecond}/s unsolicited; ${dearest.toFixed(1)} µs CPU each`,
    reference: `${polled.octetsPerEvent.toFixed(1)} octets each`,
    budget: `≤ ${budgets.dnp3MicrosecondsPerEvent} µs`,
    isWithin: dearest <= budgets.dnp3MicrosecondsPerEvent,
  };
}

async function iec61850(): Promise<BenchResult> {
  const { reportsPerSecond, clientCpuPerReportUs, serverCpuPerReportUs, outOfOrder } = await benchmarkReports(50_000);
  return {
    name: 'gateway: IEC 61850 reports, in order',
    measured: `${reportsPerSecond}/s, ${clientCpuPerReportUs} µs CPU each`,
    reference: `our server, a process of its own, ${serverCpuPerReportUs} µs`,
    budget: `≤ ${budgets.iec61850MicrosecondsPerReport} µs`,
    isWithin: clientCpuPerReportUs <= budgets.iec61850MicrosecondsPerReport && outOfOrder === 0,
  };
}

async function station(): Promise<BenchResult[]> {
  const program = fileURLToPath(new URL('../edge-gateway/runtime/bench.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);
  const report = JSON.parse(stdout) as BenchReport;
  const bytes = report.bytesPerThousandValues['ten each of 100 points']!;
  const plain = plainJsonBytes();
  return [
    {
      name: `gateway: memory of ${report.points} points`,
      measured: `${report.mebibytes} MiB`,
      reference: `${report.toldSamplesPerSecond} values/s of one core from sample to disk`,
      budget: `≤ ${budgets.memoryMebibytes} MiB`,
      isWithin: report.mebibytes <= budgets.memoryMebibytes,
    },
    {
      name: 'gateway: bytes on the uplink, a thousand values of 100 points',
      measured: `${bytes} (${(bytes / plain).toFixed(3)} ×)`,
      reference: `the same as JSON, one message each ${plain}`,
      budget: `≤ ${budgets.uplinkShareOfJson} ×`,
      isWithin: bytes <= budgets.uplinkShareOfJson * plain,
    },
  ];
}

/** What a device that publishes each value as a small JSON object says, without topic and headers. */
function plainJsonBytes(): number {
  const timeMs = Date.UTC(2026, 0, 1);
  return Array.from({ length: 1000 }, (_, i) =>
    JSON.stringify({
      pointId: `feeder-${String(Math.floor((i % 100) / 20)).padStart(4, '0')}.m${i % 20}`,
      value: Number((230 + Math.sin(i * 12.9898) * 10).toFixed(1)),
      quality: 'good',
      time: new Date(timeMs + i * 3).toISOString(),
    }),
  ).reduce((total, text) => total + text.length, 0);
}
