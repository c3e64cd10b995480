/**
 * Points that say whether a switch is closed or whether there is voltage: every change is an event of the network, told once.
 * What the platform knew before lies in a row of the point, which changes with the event in one transaction, and only for a
 * later time. After an outage the present comes first and what led to it follows: changes of the past are told with their own
 * time, but the network stays as the newest value says.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import type { PointValue } from '../../../layers/station/point-value.ts';
import type { DirectoryEntry } from '../configurations/point-directory.ts';
import { networkOutage, networkRestored, switchChanged } from '../events.ts';
import { switchStateEntity } from '../topology/element-entity.ts';
import { extentOf } from '../topology/network-extent.ts';

export interface RoleSample {
  session: TenantSession;
  stationId: string;
  entry: DirectoryEntry;
  sample: PointSample;
}

type State = 'open' | 'closed' | 'unknown' | 'off' | 'on';

interface PointState {
  pointId: string;
  /** As of the change told last. */
  state: State;
  timeMs: number;
  /** Of the newest value, where that came before changes that led to it. */
  newest?: { state: State; timeMs: number } | undefined;
}

const pointStateEntity = defineEntity<PointState, { pointId: string }>()({
  name: 'point state',
  table: 'scada',
  key: ({ pointId }) => ({ pk: ['POINT-STATE', pointId], sk: ['POINT-STATE'] }),
  idOf: ({ pointId }) => pointId,
});

export async function takeRoleValues(samples: readonly RoleSample[]): Promise<void> {
  const byPoint = Map.groupBy(samples, ({ session, entry }) => `${session.tenantId} ${entry.pointId}`);
  await Promise.all(
    [...byPoint.values()].map(async (own) => {
      own.sort((a, b) => a.sample.timeMs - b.sample.timeMs);
      for (const sample of own) await takeOne(sample);
    }),
  );
}

async function takeOne(role: RoleSample): Promise<void> {
  const { session, entry, sample } = role;
  const { pointId } = entry;
  // What is bad or stale says nothing of the switch.
  if (sample.quality === 'bad' || sample.quality === 'stale') return;
  const state = entry.role === 'supply' ? supplyOf(sample.value) : positionOf(sample.value);
  if (state === undefined) return;
  await retryOnChangeOrMade(async () => {
    const known = await session.get(pointStateEntity, { pointId }, { consistent: true });
    const newest = known && (known.newest ?? { state: known.state, timeMs: known.timeMs });
    const isNewest = newest === undefined || sample.timeMs >= newest.timeMs;
    const isChange = known?.state !== state;
    if (known !== undefined && (known.timeMs >= sample.timeMs || !(isChange || sample.timeMs > newest!.timeMs))) return;
    const event = known === undefined || !isChange ? undefined : await eventOf(role, known.state, state);
    await session.transact('scada', (unit) => {
      const since = known === undefined || isChange ? { state, timeMs: sample.timeMs } : known;
      const row = {
        pointId,
        state: since.state,
        timeMs: since.timeMs,
        newest: isNewest ? { state, timeMs: sample.timeMs } : newest,
      };
      if (known === undefined) unit.create(pointStateEntity, row);
      else unit.update(pointStateEntity, known, row);
      const isMoved = isNewest && newest?.state !== state;
      if (isMoved && entry.networkElementId !== undefined && (state === 'open' || state === 'closed'))
        unit.put(switchStateEntity, {
          elementId: entry.networkElementId,
          position: state,
          time: isoTime(sample.timeMs),
          pointId,
        });
      if (event !== undefined)
        unit.emit(event.definition as typeof switchChanged, {
          aggregateId: entry.networkElementId ?? pointId,
          occurredAt: isoTime(sample.timeMs),
          payload: event.payload as never,
        });
    });
  });
}

async function eventOf({ session, stationId, entry, sample }: RoleSample, before: State, after: State) {
  const { pointId, networkElementId: elementId } = entry;
  const about = {
    stationId,
    pointId,
    ...(elementId === undefined ? {} : { elementId }),
    time: isoTime(sample.timeMs),
  };
  if (entry.role === 'switch_position')
    return { definition: switchChanged, payload: { ...about, previousPosition: before, position: after } };
  const extent = elementId === undefined ? { transformerIds: [], meterCount: 0 } : await extentOf(session, elementId);
  return {
    definition: after === 'off' ? networkOutage : networkRestored,
    payload: { ...about, cause: 'supply', ...extent },
  };
}

/** By two bits: `off` is open, `on` closed; anything between is neither. */
function positionOf(value: PointValue | undefined): State | undefined {
  if (value === true || value === 1 || value === 'on' || value === 'closed') return 'closed';
  if (value === false || value === 0 || value === 'off' || value === 'open') return 'open';
  return value === undefined ? undefined : 'unknown';
}

function supplyOf(value: PointValue | undefined): State | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === 1 || value === 'on') return 'on';
  return value === 0 || value === 'off' ? 'off' : undefined;
}
