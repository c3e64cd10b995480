/** Events the scada domain publishes. */

import { storedSchema } from '../../layers/kernel/crud/crud-routes.ts';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { stationSchema } from './stations/station-entity.ts';

const station = {
  id: 'ST-001',
  name: 'North substation',
  nameAr: 'محطة الشمال',
  capacityKw: 2500,
  status: 'active' as const,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

export const stationCreated = defineEvent({
  type: 'station.created',
  source: 'scada',
  schemaVersion: 1,
  aggregateType: 'station',
  summary: { en: 'A station was added.', ar: 'أُضيفت محطة.' },
  payload: storedSchema(stationSchema),
  example: station,
});

export const stationUpdated = defineEvent({
  type: 'station.updated',
  source: 'scada',
  schemaVersion: 1,
  aggregateType: 'station',
  summary: { en: 'A station was changed.', ar: 'عُدّلت محطة.' },
  payload: storedSchema(stationSchema),
  example: { ...station, version: 2 },
});
