/** @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits */
import type { ConnectPacket } from 'aedes';
import { describe, expect, it } from 'vitest';
import { checkConnect } from './connect-checks.ts';

const packet = (more: Partial<ConnectPacket> = {}): ConnectPacket => ({
  cmd: 'connect',
  clientId: 'meter-1',
  protocolVersion: 4,
  keepalive: 60,
  ...more,
});

describe('checkConnect', () => {
  it.each([
    [0, 1200],
    [5, 30],
    [60, 60],
    [5000, 1200],
  ])('puts a keep-alive of %i s to %i s', (keepalive, expected) => {
    const connect = packet({ keepalive });
    expect(checkConnect(connect)).toBeUndefined();
    expect(connect.keepalive).toBe(expected);
  });

  it('names devices that do not name themselves, each differently', () => {
    const [first, second] = [packet({ clientId: '' }), packet({ clientId: '' })];
    checkConnect(first);
    checkConnect(second);
    expect(first.clientId).toMatch(/^\$GEN\/.+/);
    expect(first.clientId).not.toBe(second.clientId);
  });

  it.each([
    [{ clientId: '$GEN/mine' }, 'reserved'],
    [{ clientId: 'é'.repeat(65) }, '128 bytes'],
    [{ protocolVersion: 3 as const }, 'MQTT 3.1.1'],
  ])('refuses %j', (more, text) => {
    expect(checkConnect(packet(more))).toContain(text);
  });
});
