/**
 * Takes in a file of thousands of points. It is judged whole before anything is written: either every line fits and every
 * point is created or replaced, or nothing is, and the answer says line by line why.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type BatchStep, deleteStep, putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { deviceEntity } from '../devices/device-entity.ts';
import { type ImportFormat, type ImportProblem, type ImportRow, parseImport } from './parse-import.ts';
import { controlListingEntity, pointEntity } from './point-entity.ts';
import type { Point } from './point-schema.ts';
import { isControl } from './write-points.ts';

export interface ImportOutcome {
  applied: boolean;
  created: number;
  replaced: number;
  problems: ImportProblem[];
}

/** What stands in the audit trail for the many points of an import. */
const pointImportEntity = defineEntity<{
  id: string;
  created: number;
  replaced: number;
  stationIds: string[];
}>()({
  name: 'point import',
  table: 'scada',
  key: ({ id }) => ({ pk: ['POINT-IMPORTS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function importPoints(
  session: TenantSession,
  input: { format: ImportFormat; content: string; dryRun: boolean },
  locale: Locale,
): Promise<ImportOutcome> {
  return writeRows(session, parseImport(input.format, input.content, locale), input.dryRun);
}

/** Points of one origin: all are created or replaced, or none is. */
export async function writeRows(
  session: TenantSession,
  { rows, problems }: { rows: ImportRow[]; problems: ImportProblem[] },
  dryRun = false,
): Promise<ImportOutcome> {
  const [devices, existing] = await Promise.all([
    session.getMany(
      deviceEntity,
      [...new Set(rows.map(({ fields }) => fields.deviceId))].map((id) => ({ id })),
    ),
    session.getMany(
      pointEntity,
      [...new Set(rows.map(({ fields }) => fields.id))].map((id) => ({ id })),
    ),
  ]);
  const stationOf = new Map(devices.map(({ id, stationId }) => [id, stationId]));
  const known = new Map(existing.map((point) => [point.id, point]));
  problems.push(...misplaced(rows, stationOf, known));
  const outcome = { created: rows.length - known.size, replaced: known.size, problems };
  if (problems.length > 0) return { applied: false, ...outcome, created: 0, replaced: 0 };
  if (dryRun) return { applied: false, ...outcome };
  const points = rows.map(({ fields }) => stamped(session, fields, stationOf.get(fields.deviceId)!, known));
  await writeMany(points.flatMap((point) => stepsOf(session, point)));
  await session.transact('scada', (unit) => {
    const { created, replaced } = outcome;
    unit.create(pointImportEntity, {
      id: newId('pim'),
      created,
      replaced,
      stationIds: [...new Set(points.map(({ stationId }) => stationId))],
    });
  });
  return { applied: true, ...outcome };
}

function misplaced(
  rows: readonly ImportRow[],
  stationOf: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, Point>,
): ImportProblem[] {
  return rows.flatMap(({ line, fields: { id, deviceId } }) => {
    if (!stationOf.has(deviceId)) return [{ line, path: '/deviceId', message: `There is no device "${deviceId}".` }];
    const before = known.get(id);
    if (before !== undefined && before.deviceId !== deviceId)
      return [{ line, path: '/deviceId', message: `Point "${id}" is of device "${before.deviceId}" and stays there.` }];
    return [];
  });
}

function stamped(
  session: TenantSession,
  fields: ImportRow['fields'],
  stationId: string,
  known: ReadonlyMap<string, Point & Stored>,
): Point & Stored {
  const now = session.context.now();
  const before = known.get(fields.id);
  return {
    ...(fields as unknown as Point),
    stationId,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
}

function stepsOf(session: TenantSession, point: Point & Stored): BatchStep[] {
  const { id, stationId } = point;
  return [
    putStep(session, pointEntity, point),
    isControl(point)
      ? putStep(session, controlListingEntity, { id, stationId })
      : deleteStep(session, controlListingEntity, { id }),
  ];
}
