/** Creates, changes and deletes points: checked as a whole, with their place among the points that can be commanded. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { AppError, type ErrorDetail } from '../../../layers/kernel/errors/app-error.ts';
import { forReader } from '../../../layers/kernel/i18n/field-message.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { deviceEntity } from '../devices/device-entity.ts';
import { controlListingEntity, pointEntity } from './point-entity.ts';
import { type Point, wholePoint } from './point-schema.ts';

export const isControl = ({ writable, isActive, expression }: Point): boolean =>
  writable && isActive && expression === undefined;

export async function createPoint(
  session: TenantSession,
  fields: Omit<Point, 'stationId'>,
  locale: Locale,
): Promise<Point & Stored> {
  const device = await session.require(deviceEntity, { id: fields.deviceId });
  refuseUnfit(fields, locale);
  const point = { ...fields, stationId: device.stationId };
  return session.transact('scada', (unit) => {
    const stored = unit.create(pointEntity, point);
    unit.requireExists(deviceEntity, { id: device.id });
    if (isControl(point)) unit.put(controlListingEntity, { id: point.id, stationId: point.stationId });
    return stored;
  });
}

export async function updatePoint(
  session: TenantSession,
  before: Point & Stored,
  changes: Record<string, unknown>,
  locale: Locale,
): Promise<Point & Stored> {
  const { stationId: _, version: __, createdAt: ___, updatedAt: ____, ...fields } = before;
  refuseUnfit(
    Object.fromEntries(Object.entries({ ...fields, ...changes }).filter(([, value]) => value !== null)),
    locale,
  );
  const after = await session.transact('scada', (unit) => {
    const stored = unit.update(pointEntity, before, changes);
    if (isControl(stored)) unit.put(controlListingEntity, { id: stored.id, stationId: stored.stationId });
    return stored;
  });
  if (isControl(before) && !isControl(after)) await unlist(session, before.id);
  return after;
}

export async function deletePoint(session: TenantSession, point: Point & Stored): Promise<void> {
  await session.transact('scada', (unit) => {
    unit.delete(pointEntity, point);
  });
  if (isControl(point)) await unlist(session, point.id);
}

/** After the change, since a listing left behind is harmless: readers of the list look at the points themselves. */
const unlist = (session: TenantSession, id: string): Promise<void> =>
  writeMany([deleteStep(session, controlListingEntity, { id })]);

/** Fields that fit one by one must also fit each other. @throws AppError `validation_failed` */
function refuseUnfit(fields: unknown, locale: Locale): void {
  const details = unfitFields(fields, locale);
  if (details.length > 0) throw new AppError('validation_failed', undefined, { details });
}

export function unfitFields(fields: unknown, locale: Locale): ErrorDetail[] {
  const parsed = forReader(locale, (options) => wholePoint.safeParse(fields, options));
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({
    in: 'body',
    path: path.map((step) => `/${String(step)}`).join(''),
    message,
  }));
}
