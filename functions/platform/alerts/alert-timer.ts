/**
 * What is to be done with an alert later: escalate it, let it expire, end its suppression. A timer is written in the
 * transaction of the alert, so none is forgotten. Timers lie in the global scope, because one schedule works for all
 * tenants; what they name is read again in the tenant's own session.
 */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { globalScope } from '../../../layers/kernel/data/keys.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

export type AlertTimerKind = 'escalate' | 'expire' | 'end-suppression';

export interface AlertTimer {
  kind: AlertTimerKind;
  tenantId: string;
  alertId: string;
  dueAt: string;
}

export const alertTimerPartition = ['ALERT-TIMERS'] as const;

export const alertTimerEntity = defineEntity<AlertTimer, AlertTimer>()({
  name: 'alert timer',
  table: 'platform',
  key: ({ kind, tenantId, alertId, dueAt }) => ({ pk: alertTimerPartition, sk: [dueAt, tenantId, alertId, kind] }),
  idOf: ({ kind, alertId }) => `${kind} ${alertId}`,
});

/** Adds a timer to a unit of work; the same one again changes nothing. */
export function setAlertTimer(unit: UnitOfWork, timer: AlertTimer): void {
  const { key } = storageKeys(globalScope, alertTimerEntity, timer);
  const Item = { ...key, _type: alertTimerEntity.name, ...timer };
  unit.step({ Put: { TableName: tableName(alertTimerEntity.table), Item } }, () => new AppError('conflict'));
}

export const minutesAfter = (time: string, minutes: number): string =>
  new Date(Date.parse(time) + minutes * 60_000).toISOString();
