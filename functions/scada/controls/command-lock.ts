/**
 * One command at a time for a control point: whoever asks while another is under way is told so, instead of both being
 * executed in whichever order they arrive. A lock ends with its command, or with its expiry at the latest.
 */
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { storageKeys } from '../../../layers/kernel/data/storage-keys.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Command } from './command-entity.ts';

interface CommandLock {
  pointId: string;
  commandId: string;
  until: string;
}

const lockEntity = defineEntity<CommandLock, Pick<CommandLock, 'pointId'>>()({
  name: 'command lock',
  table: 'scada',
  key: ({ pointId }) => ({ pk: ['COMMAND-LOCK', pointId], sk: ['COMMAND-LOCK'] }),
  idOf: ({ pointId }) => pointId,
});

/** @throws AppError `conflict` on commit, while another command of the point is under way */
export function lockPoint(
  unit: UnitOfWork,
  session: TenantSession,
  { id, pointId, validUntil }: Pick<Command, 'id' | 'pointId' | 'validUntil'>,
): void {
  const lock: CommandLock = { pointId, commandId: id, until: validUntil };
  const { key } = storageKeys(session.context.scope, lockEntity, lock);
  unit.step(
    {
      Put: {
        TableName: tableName(lockEntity.table),
        Item: { ...key, _type: lockEntity.name, ...lock },
        ConditionExpression: 'attribute_not_exists(pk) OR #until < :now',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':now': session.context.now() },
      },
    },
    () => new AppError('conflict', 'Another command of this point is under way.'),
  );
}

/** After its command is over; a lock that another command took meanwhile stays. */
export async function unlockPoint(session: TenantSession, { id, pointId }: Pick<Command, 'id' | 'pointId'>) {
  await updateAtomically(
    session,
    lockEntity,
    { pointId },
    {
      update: 'SET #until = :past',
      condition: 'commandId = :id',
      names: { '#until': 'until' },
      values: { ':past': '0', ':id': id },
    },
  );
}
