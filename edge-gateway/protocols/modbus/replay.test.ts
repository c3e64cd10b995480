/** The recorded conversations with pymodbus, once more: the same bytes leave, and its answers mean the same. */
import { describe, expect, it } from 'vitest';
import { ModbusRtuClient, ModbusTcpClient } from './index.ts';
import { askEverything } from './test-support/ask-everything.ts';
import { loadRecording, ReplayLine } from './test-support/recording.ts';

describe('recorded exchanges with pymodbus', () => {
  it.each(['tcp', 'rtu'] as const)('framed as %s, byte for byte', async (framing) => {
    const line = new ReplayLine(loadRecording(framing).exchanges);
    await askEverything(framing === 'tcp' ? new ModbusTcpClient(line) : new ModbusRtuClient(line));
    expect(line.remaining).toBe(0);
  });
});
