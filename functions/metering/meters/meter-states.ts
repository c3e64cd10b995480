/**
 * The state of meters: one small item under each number a meter reports by, all that ingest needs to know. The
 * profile changes with the meter, in its transaction; the checkpoint is ingest's own and may be lost or overtaken
 * without harm, since any accepted reading will do.
 */
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { tableName } from '../../../layers/kernel/config/resource-names.ts';
import { getAll, type RawItem, rawKey } from '../../../layers/kernel/data/bulk.ts';
import { rawClient } from '../../../layers/kernel/data/client.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { RegisterPoint } from '../../../layers/metering/advance.ts';
import type { MeterState } from '../../../layers/metering/meter-state.ts';
import { packProfile, unpackProfile } from '../../../layers/metering/profile-codec.ts';
import { profileOf } from './meter-profile.ts';
import type { Meter } from './meter-schema.ts';

const table = 'metering';
/** DynamoDB's limit on one transaction. */
const transactionLimit = 100;

const stateKey = (session: TenantSession, reportedId: string): RawItem =>
  rawKey(session, ['METER', reportedId], ['STATE']);
const plainKey = (session: TenantSession, reportedId: string) => {
  const { pk, sk } = stateKey(session, reportedId);
  return { pk: pk!.S, sk: sk!.S };
};

/** Reserves the number for the meter; refused when another meter reports by it. */
export function claimReportedId(unit: UnitOfWork, session: TenantSession, reportedId: string, meter: Meter): void {
  const content =
    reportedId === meter.id
      ? { profile: packProfile(profileOf(meter)), reportedId }
      : { aliasOf: meter.id, reportedId };
  unit.step(
    {
      Put: {
        TableName: tableName(table),
        Item: { ...plainKey(session, reportedId), _type: 'meter state', ...content },
        ConditionExpression: 'attribute_not_exists(pk) OR aliasOf = :meter',
        ExpressionAttributeValues: { ':meter': meter.id },
      },
    },
    () =>
      new AppError('already_exists', `Another meter already reports as "${reportedId}".`, {
        values: { entity: 'meter', id: reportedId },
      }),
  );
}

/**
 * Follows a change of the meter.
 * @param forgetReference when the record of the device changed, so that what was accepted by the old record binds no more
 */
export function updateProfile(unit: UnitOfWork, session: TenantSession, meter: Meter, forgetReference = false): void {
  unit.step(
    {
      Update: {
        TableName: tableName(table),
        Key: plainKey(session, meter.id),
        UpdateExpression: `SET profile = :profile${forgetReference ? ' REMOVE #checkpoint, doubts' : ''}`,
        ...(forgetReference ? { ExpressionAttributeNames: { '#checkpoint': 'checkpoint' } } : {}),
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':profile': packProfile(profileOf(meter)) },
      },
    },
    () => new AppError('conflict', `Meter "${meter.id}" has no state.`),
  );
}

/** States by the reported id; ids nobody reports by are missing. */
export async function readStates(
  session: TenantSession,
  reportedIds: readonly string[],
  consistent = false,
): Promise<Map<string, MeterState>> {
  const states = new Map<string, MeterState>();
  const aliases = new Map<string, string>();
  const items = await getAll(
    table,
    reportedIds.map((id) => stateKey(session, id)),
    'reportedId, profile, aliasOf, checkpoint, doubts',
    consistent,
  );
  for (const item of items) {
    const reportedId = item['reportedId']!.S!;
    if (item['aliasOf']?.S !== undefined) aliases.set(reportedId, item['aliasOf'].S);
    else states.set(reportedId, toState(item));
  }
  if (aliases.size > 0) {
    const targets = await readStates(
      session,
      [...new Set(aliases.values())].filter((id) => !states.has(id)),
      consistent,
    );
    for (const [alias, meterId] of aliases) {
      const state = states.get(meterId) ?? targets.get(meterId);
      if (state !== undefined) states.set(alias, state);
    }
  }
  return states;
}

function toState(item: RawItem): MeterState {
  const state: MeterState = unpackProfile(item['profile']!.S!);
  const [checkpoint, previous] = readPoints(item['checkpoint']?.S);
  if (checkpoint !== undefined) state.checkpoint = checkpoint;
  if (previous !== undefined) state.previous = previous;
  if (item['doubts']?.S !== undefined) state.doubts = readPoints(item['doubts'].S);
  return state;
}

const writePoints = (points: readonly RegisterPoint[]): string =>
  points.map(({ time, register }) => `${time},${register}`).join(';');

function readPoints(text: string | undefined): RegisterPoint[] {
  if (text === undefined) return [];
  return text.split(';').map((point) => {
    const [time, register] = point.split(',');
    return { time: Number(time), register: Number(register) };
  });
}

export interface StateToSave {
  session: TenantSession;
  state: Pick<MeterState, 'meterId' | 'checkpoint' | 'previous' | 'doubts'>;
}

/**
 * Remembers the references of meters. Writers do not lock each other out: whichever accepted reading comes last bounds
 * as rightly as any other. A batch is one transaction only because that is the one call that updates many items.
 * @throws when DynamoDB refuses; the caller may carry on, a later reading will do
 */
export async function saveReferences(changed: readonly StateToSave[]): Promise<void> {
  for (let start = 0; start < changed.length; start += transactionLimit) {
    await rawClient().send(
      new TransactWriteItemsCommand({
        TransactItems: changed.slice(start, start + transactionLimit).map(({ session, state }) => ({
          Update: { TableName: tableName(table), Key: stateKey(session, state.meterId), ...referenceUpdate(state) },
        })),
      }),
    );
  }
}

function referenceUpdate({ checkpoint, previous, doubts }: StateToSave['state']) {
  const points = [checkpoint, previous].filter((point) => point !== undefined);
  const hasDoubts = doubts !== undefined && doubts.length > 0;
  return {
    UpdateExpression: `SET #checkpoint = :checkpoint${hasDoubts ? ', doubts = :doubts' : ' REMOVE doubts'}`,
    ExpressionAttributeNames: { '#checkpoint': 'checkpoint' },
    ExpressionAttributeValues: {
      ':checkpoint': { S: writePoints(points) },
      ...(hasDoubts ? { ':doubts': { S: writePoints(doubts) } } : {}),
    },
  };
}
