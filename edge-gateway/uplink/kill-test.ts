/**
 * Kills a gateway with -9 again and again in the middle of traffic and commands, cuts its line now and then, and checks what
 * the platform got: every confirmed value, with its own time, in order; no command executed twice; every command answered.
 *
 *     node edge-gateway/uplink/kill-test.ts 100
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { startTestPlatform, type TestPlatform } from '../runtime/test-support/test-platform.ts';
import { type KillTestPlan, killTestStation } from './kill-test-plan.ts';

export interface KillTestReport {
  kills: number;
  confirmed: number;
  arrived: number;
  /** Messages the broker brought a second time, recognised by their number. */
  repeatedMessages: number;
  lost: number[];
  wrongTimes: number;
  outOfOrder: string[];
  commands: number;
  executedTwice: string[];
  /** How many ended so. */
  outcomes: Record<string, number>;
  unanswered: string[];
}

const epochMs = Date.UTC(2026, 0, 1);
const endless = 1_000_000_000;

export async function runKillTest(kills: number): Promise<KillTestReport> {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-kill-'));
  const platform = await startTestPlatform();
  const commands: string[] = [];
  let confirmed = 0;
  let child: ChildProcess | undefined;
  try {
    const script = await bundleStation(folder);
    const start = (upTo: number): ChildProcess => {
      const plan: KillTestPlan = { url: platform.url, folder, from: confirmed, upTo, epochMs };
      const started = spawn(process.execPath, [script, JSON.stringify(plan)], { stdio: ['ignore', 'pipe', 'inherit'] });
      started.stdout!.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line !== '') confirmed = Math.max(confirmed, Number(line));
      });
      return started;
    };
    for (let round = 0; round < kills; round++) {
      child = start(endless);
      const ended = new Promise((resolve) => child!.once('close', resolve));
      const before = confirmed;
      await until(() => confirmed > before, 'the first confirmed value');
      const id = `cmd-kill-${round}`;
      commands.push(id);
      void operate(platform, id);
      await delay(Math.random() * 250);
      // A second delivery, as queues make them.
      void operate(platform, id);
      if (round % 5 === 4) {
        await platform.goAway();
        await delay(50);
        await platform.comeBack();
      }
      await delay(Math.random() * 100);
      if (child.exitCode !== null) throw new Error(`The station ended by itself, with ${child.exitCode}.`);
      child.kill('SIGKILL');
      await ended;
    }
    child = start(confirmed);
    for (const id of commands) void operate(platform, id);
    const isDone = () => missing(platform, confirmed).length === 0 && unanswered(platform, commands).length === 0;
    await until(isDone, 'the rest', 30_000).catch(() => {});
    return judge(platform, folder, kills, confirmed, commands);
  } finally {
    child?.kill('SIGKILL');
    await platform.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In one file, so that it starts quickly. */
async function bundleStation(folder: string): Promise<string> {
  const outfile = join(folder, 'station.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'kill-test-station.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

const operate = (platform: TestPlatform, id: string): Promise<void> =>
  platform.publish(killTestStation, {
    id,
    pointId: 'breaker',
    action: { kind: 'operate', code: 'trip' },
    issuedAtMs: Date.now(),
    expiresAtMs: Date.now() + 60_000,
    issuedBy: 'kill-test',
  });

function missing(platform: TestPlatform, confirmed: number): number[] {
  const arrived = new Set(platform.values.map(({ value }) => value));
  return Array.from({ length: confirmed }, (_, n) => n).filter((n) => !arrived.has(n));
}

function unanswered(platform: TestPlatform, commands: readonly string[]): string[] {
  const answered = new Set(platform.results.filter(({ final }) => final).map(({ commandId }) => commandId));
  return commands.filter((id) => !answered.has(id));
}

function judge(
  platform: TestPlatform,
  folder: string,
  kills: number,
  confirmed: number,
  commands: readonly string[],
): KillTestReport {
  const executed = readLines(join(folder, 'executed'));
  const outcomes: Record<string, number> = {};
  for (const id of commands) {
    const last = platform.results.find(({ commandId, final }) => commandId === id && final);
    const step = last?.step ?? 'none';
    outcomes[step] = (outcomes[step] ?? 0) + 1;
  }
  return {
    kills,
    confirmed,
    arrived: new Set(platform.values.map(({ value }) => value)).size,
    repeatedMessages: platform.repeated,
    lost: missing(platform, confirmed),
    wrongTimes: platform.values.filter(({ value, timeMs }) => timeMs !== epochMs + Number(value)).length,
    outOfOrder: outOfOrder(platform),
    commands: commands.length,
    executedTwice: executed.filter((id, place) => executed.indexOf(id) !== place),
    outcomes,
    unanswered: unanswered(platform, commands),
  };
}

/** By the numbers of messages, what is told of a point for the first time is newer than all told before. */
function outOfOrder(platform: TestPlatform): string[] {
  const wrong: string[] = [];
  const newest = new Map<string, number>();
  const told = new Set<number>();
  for (const { kind, values } of [...platform.batches].sort((a, b) => a.seq - b.seq))
    for (const { pointId, value } of values) {
      const number = Number(value);
      const lane = `${kind} ${pointId}`;
      if (told.has(number)) continue;
      told.add(number);
      if (number < (newest.get(lane) ?? -1)) wrong.push(`${lane}: ${number} after ${newest.get(lane)}`);
      newest.set(lane, number);
    }
  return wrong;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

async function until(condition: () => boolean, what: string, withinMs = 20_000): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`Not within ${withinMs} ms: ${what}.`);
    await delay(5);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const report = await runKillTest(Number(process.argv[2] ?? 100));
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const isFine =
    report.lost.length +
      report.wrongTimes +
      report.outOfOrder.length +
      report.executedTwice.length +
      report.unanswered.length ===
    0;
  process.exit(isFine ? 0 : 1);
}
