/** A small plant for tests: a line, an RTU and a few points, made through the API as people make them. */

import type { HandlerAnswer } from '../../../test/support/call-handler.ts';
import { handler as devices } from '../devices/handler.ts';
import { handler as points } from '../points/handler.ts';
import { handler as protocols } from '../protocols/handler.ts';
import type { ScadaStack } from './scada-stack.ts';

export interface Plant {
  tenantId?: string;
  stationId?: string;
  /** Prefix of all ids. */
  name: string;
}

const need = (answer: HandlerAnswer): any => {
  if (answer.status >= 300) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body.data;
};

export async function addLine(stack: ScadaStack, { tenantId = 'a', stationId = 'ST-1', name }: Plant): Promise<void> {
  const body = { id: `${name}-line`, stationId, name, protocolType: 'modbus', host: '10.0.0.20', port: 502 };
  need(await stack.request(protocols, 'POST', '/api/scada/protocols', { tenantId, body }));
}

/** @param fields further fields of the device, such as its asset */
export async function addDevice(
  stack: ScadaStack,
  { tenantId = 'a', stationId = 'ST-1', name }: Plant,
  id: string,
  fields: object = {},
): Promise<void> {
  const body = { id, stationId, protocolId: `${name}-line`, name: id, settings: { unitId: 1 }, ...fields };
  need(await stack.request(devices, 'POST', '/api/scada/devices', { tenantId, body }));
}

export async function addPoint(
  stack: ScadaStack,
  deviceId: string,
  id: string,
  fields: object = {},
  tenantId = 'a',
): Promise<any> {
  const body = {
    id,
    deviceId,
    name: id,
    pointType: 'analog_input',
    address: 'holding:1',
    dataType: 'float32',
    ...fields,
  };
  return need(await stack.request(points, 'POST', '/api/scada/points', { tenantId, body }));
}
