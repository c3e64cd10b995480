/**
 * The circuit of an integration, shared between instances through one row. A healthy provider costs one cached read and no
 * write; only changes of state are written, and the one probe of a half-open circuit is whoever wins the row.
 */

import {
  type Circuit,
  closedCircuit,
  countsAgainst,
  decide,
  failuresToOpen,
  failureWindowMs,
  opened,
  probing,
} from '../../../layers/integrations/engine/circuit-breaker.ts';
import type { ProviderError } from '../../../layers/integrations/provider.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import type { Environment } from '../integrations/integration-entity.ts';

interface CircuitRow extends Circuit {
  integrationId: string;
  environment: Environment;
  /** Grows with every change: writers agree by it. */
  turn: number;
}

type CircuitKey = Pick<CircuitRow, 'integrationId' | 'environment'>;

const circuitEntity = defineEntity<CircuitRow, CircuitKey>()({
  name: 'integration circuit',
  table: 'platform',
  key: ({ integrationId, environment }) => ({ pk: ['INTEGRATION-CIRCUIT', integrationId], sk: [environment] }),
  idOf: ({ integrationId }) => integrationId,
});

interface Memory {
  row: CircuitRow;
  readMs: number;
  failures: number;
  firstFailureMs: number;
}

const cacheMs = 5000;
const maxKept = 2000;
const memories = new Map<string, Memory>();

export async function readCircuit(session: TenantSession, key: CircuitKey): Promise<CircuitRow> {
  const row = await session.get(circuitEntity, key);
  return row ?? { ...key, ...closedCircuit, turn: 0 };
}

async function recall(session: TenantSession, key: CircuitKey, nowMs: number): Promise<Memory> {
  const name = `${session.tenantId} ${key.integrationId} ${key.environment}`;
  let memory = memories.get(name);
  if (memory === undefined || memory.readMs + cacheMs <= nowMs || memory.row.state !== 'closed') {
    const row = await readCircuit(session, key);
    if (memories.size >= maxKept) memories.clear();
    memory = { failures: 0, firstFailureMs: 0, ...memory, row, readMs: nowMs };
    memories.set(name, memory);
  }
  return memory;
}

/** Whether a call may go out now. */
export async function admitCall(session: TenantSession, key: CircuitKey, nowMs: number): Promise<boolean> {
  const memory = await recall(session, key, nowMs);
  const decision = decide(memory.row, nowMs);
  if (decision !== 'probe') return decision === 'pass';
  return (await move(session, memory, probing(memory.row, nowMs))) !== undefined;
}

/** Hears how a call ended; a failure that is the caller's own fault closes as a success does. */
export async function reportCall(
  session: TenantSession,
  key: CircuitKey,
  failure: ProviderError | undefined,
  nowMs: number,
): Promise<void> {
  const memory = await recall(session, key, nowMs);
  if (failure === undefined || !countsAgainst(failure)) {
    memory.failures = 0;
    if (memory.row.state !== 'closed') await move(session, memory, closedCircuit);
    return;
  }
  if (nowMs - memory.firstFailureMs > failureWindowMs) {
    memory.failures = 0;
    memory.firstFailureMs = nowMs;
  }
  memory.failures += 1;
  const isProbe = memory.row.state === 'half_open';
  if (!isProbe && memory.failures < failuresToOpen) return;
  memory.failures = 0;
  await move(session, memory, opened(memory.row, nowMs));
}

/** @returns undefined when another instance moved first; its word is heard with the next call */
async function move(session: TenantSession, memory: Memory, to: Circuit): Promise<CircuitRow | undefined> {
  const { turn, integrationId, environment } = memory.row;
  const row = await updateAtomically(
    session,
    circuitEntity,
    { integrationId, environment },
    {
      update:
        'SET #state = :state, openUntilMs = :open, probeUntilMs = :probe, openings = :openings, turn = :next, integrationId = :id, environment = :environment',
      condition: turn === 0 ? 'attribute_not_exists(turn)' : 'turn = :turn',
      names: { '#state': 'state' },
      values: {
        ':state': to.state,
        ':open': to.openUntilMs,
        ':probe': to.probeUntilMs,
        ':openings': to.openings,
        ':next': turn + 1,
        ':id': integrationId,
        ':environment': environment,
        ...(turn === 0 ? {} : { ':turn': turn }),
      },
    },
  );
  if (row !== undefined) memory.row = row as CircuitRow;
  else memory.readMs = 0;
  return row as CircuitRow | undefined;
}

/** For tests: another instance. */
export const forgetCircuits = (): void => memories.clear();
