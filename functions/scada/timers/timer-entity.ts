/**
 * What is to be done later: an alarm to escalate, a command to give up, a flood to look after. A timer is written in the
 * transaction of what it belongs to, so none is forgotten, and a schedule runs those that fell due. They lie in the global
 * scope, because the schedule works for all tenants.
 */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

const timerKinds = ['escalate-alarm', 'unshelve-alarm', 'end-flood', 'expire-command'] as const;
export type TimerKind = (typeof timerKinds)[number];

export interface Timer {
  kind: TimerKind;
  tenantId: string;
  /** Of the alarm, command or station. */
  ref: string;
  dueAt: string;
}

export const timerShards = 4;
export const timerPartition = (shard: number): KeyParts => ['TIMERS', shard];

export const timerEntity = defineEntity<Timer, Timer>()({
  name: 'timer',
  table: 'scada',
  key: ({ kind, tenantId, ref, dueAt }) => ({
    pk: timerPartition(shardOf(`${tenantId} ${ref}`, timerShards)),
    sk: [dueAt, tenantId, kind, ref],
  }),
  idOf: ({ kind, ref }) => `${kind} ${ref}`,
});

/** Adds a timer to a unit of work; the same one again changes nothing. */
export function setTimer(unit: UnitOfWork, timer: Timer): void {
  const { key } = storageKeys(globalScope, timerEntity, timer);
  const Item = { ...key, _type: timerEntity.name, ...timer };
  unit.step({ Put: { TableName: tableName(timerEntity.table), Item } }, () => new AppError('conflict'));
}
