/** What the kill test and the process it kills agree on. */

export interface KillTestPlan {
  url: string;
  folder: string;
  /** First number that nobody confirmed yet, and where to end. */
  from: number;
  upTo: number;
  /** Number n happened at this time plus n. */
  epochMs: number;
}

export const killTestStation = 'KILL-1';
export const killTestPoints = ['p0', 'p1', 'p2', 'p3', 'p4'];

const point = { deviceId: 'd', address: 'x', dataType: 'float32' };

export const killTestConfiguration = {
  formatVersion: 1,
  stationId: killTestStation,
  version: 1,
  issuedAt: '2026-01-01T00:00:00Z',
  connections: [{ id: 'c', name: 'c', protocolType: 'dnp3' }],
  devices: [{ id: 'd', name: 'd', connectionId: 'c' }],
  points: [
    ...killTestPoints.map((id) => ({ ...point, id, name: id, pointType: 'analog_input' })),
    { ...point, id: 'breaker', name: 'breaker', pointType: 'binary_output', writable: true },
  ],
  report: { intervalMs: 100, offlineIntervalMs: 100, backfillMessagesPerSecond: 50, backfillBytesPerSecond: 400_000 },
};
