import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readGatewayConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'mizan-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (text: string): string => {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, text);
  return path;
};

describe('the configuration of the process', () => {
  it('comes from a file, and from the environment over it', () => {
    const config = readGatewayConfig({
      MIZAN_GATEWAY_CONFIG: file('{"stationId":"A","uplink":{"url":"mqtts://a:8883","username":"u"}}'),
      MIZAN_STATION_ID: 'B',
      MIZAN_UPLINK_URL: 'mqtt://localhost:1883',
      MIZAN_STATUS_PORT: '0',
    });
    expect(config).toMatchObject({
      stationId: 'B',
      statusPort: 0,
      dataFolder: '/var/lib/mizan-gateway',
      uplink: { url: 'mqtt://localhost:1883', username: 'u', keepAliveSeconds: 60 },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    [{}, /stationId \(MIZAN_STATION_ID\): .*; uplink: /],
    [{ MIZAN_STATION_ID: 'a b', MIZAN_UPLINK_URL: 'mqtt://x' }, /MIZAN_STATION_ID\): Not the code of a station/],
    [{ MIZAN_STATION_ID: 'A', MIZAN_UPLINK_URL: 'http://x' }, /uplink\.url \(MIZAN_UPLINK_URL\): Not like/],
    [{ MIZAN_STATION_ID: 'A', MIZAN_UPLINK_URL: 'mqtt://user:pass@x' }, /no user in it/],
    [{ MIZAN_STATION_ID: 'A', MIZAN_UPLINK_URL: 'mqtt://x', MIZAN_STATUS_PORT: 'eighty' }, /MIZAN_STATUS_PORT/],
    [{ MIZAN_GATEWAY_CONFIG: '/no/such/file' }, /\/no\/such\/file cannot be read/],
  ])('is refused with the name of what is wrong: %j', (environment, message) => {
    expect(() => readGatewayConfig(environment as Record<string, string>)).toThrow(message);
  });

  it('is refused with a field nobody knows', () => {
    const path = file('{"stationId":"A","uplink":{"url":"mqtt://x"},"stationFiel":"x"}');
    expect(() => readGatewayConfig({ MIZAN_GATEWAY_CONFIG: path })).toThrow(/stationFiel/);
  });
});
