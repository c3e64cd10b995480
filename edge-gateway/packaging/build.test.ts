import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasProgram } from '../../test/support/programs.ts';
import { startTestPlatform } from '../runtime/test-support/test-platform.ts';
import { type PackedGateway, packGateway } from './build.ts';

const folder = mkdtempSync(join(tmpdir(), 'mizan-pack-'));
let packed: PackedGateway;
beforeAll(async () => {
  packed = await packGateway(join(folder, 'gateway'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the bundle as it is installed. */
function run(environment: Record<string, string>) {
  const child = spawn(process.execPath, [join(packed.folder, 'gateway.mjs')], {
    env: { PATH: process.env['PATH'], MIZAN_STATUS_PORT: '0', ...environment },
    cwd: folder,
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, output: () => output };
}

describe('the packed gateway', () => {
  it('holds everything it is installed with', () => {
    const files = [
      'gateway.mjs',
      'package.json',
      'mizan-gateway.service',
      'Containerfile',
      'greengrass-recipe.yaml',
      'gateway.example.json',
      'LICENSE',
      'README.md',
    ];
    expect(files.filter((name) => !existsSync(join(packed.folder, name)))).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ version: packed.version, bin: { 'mizan-gateway': 'gateway.mjs' } });
    expect(Object.keys(manifest.dependencies)).toEqual(['serialport']);
    expect(readFileSync(join(packed.folder, 'greengrass-recipe.yaml'), 'utf8')).toContain(`'${packed.version}'`);
  });

  it('says what is missing and ends', async () => {
    const { ended, output } = run({});
    expect(await ended).toBe(1);
    expect(output()).toMatch(/not configured: stationId \(MIZAN_STATION_ID\)/);
  });

  it('connects, runs a station of every protocol, and ends in order when it is told to', async () => {
    const platform = await startTestPlatform();
    const stationFile = join(folder, 'station.json');
    const types = ['modbus', 'dnp3', 'iec61850', 'mqtt', 'http'];
    writeFileSync(
      stationFile,
      JSON.stringify({
        formatVersion: 1,
        stationId: 'ST-9',
        version: 3,
        issuedAt: '2026-01-01T00:00:00Z',
        // Nobody listens there: the lines are offline, and the gateway is none the worse.
        connections: types.map((type) => ({ id: type, name: type, protocolType: type, host: '127.0.0.1', port: 9 })),
        devices: [],
        points: [],
      }),
    );
    const { child, ended, output } = run({
      MIZAN_STATION_ID: 'ST-9',
      MIZAN_UPLINK_URL: platform.url,
      MIZAN_DATA_FOLDER: join(folder, 'data'),
      MIZAN_STATION_FILE: stationFile,
    });
    try {
      const told = (): Set<string> => new Set(platform.status.map(({ connectionId }) => connectionId));
      await expect.poll(() => [...told()].sort().join(), { timeout: 20_000 }).toBe('dnp3,iec61850,modbus,mqtt');
      // Without devices there is nobody to ask over HTTP; its driver runs all the same.
      expect(output()).not.toMatch(/failed to start/);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      expect(platform.health.at(-1)).toMatchObject({ online: false, software: packed.version });
      for (const line of output().trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    } finally {
      child.kill('SIGKILL');
      await platform.close();
    }
  });

  it.skipIf(!hasProgram('systemd-analyze', 'systemd'))('has a unit that systemd understands', () => {
    const unit = readFileSync(join(packed.folder, 'mizan-gateway.service'), 'utf8').replace(
      '/usr/bin/node',
      process.execPath,
    );
    const path = join(folder, 'mizan-gateway.service');
    writeFileSync(path, unit);
    let complaints = '';
    try {
      execFileSync('systemd-analyze', ['verify', path], { encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      complaints = String((error as { stderr: string }).stderr);
    }
    expect(
      complaints.split('\n').filter((line) => /mizan-gateway\.service:\d+|Unknown|Failed to parse/.test(line)),
    ).toEqual([]);
  });
});
