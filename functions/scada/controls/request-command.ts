/** Takes a command from a person or program: checks it against its point, and sends it or waits for a second person. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { commandUpdated } from '../events.ts';
import { gatewayStateEntity } from '../gateways/gateway-entity.ts';
import { pointEntity } from '../points/point-entity.ts';
import type { Point } from '../points/point-schema.ts';
import { isControl } from '../points/write-points.ts';
import { scadaSettings } from '../settings/settings-entity.ts';
import { setTimer } from '../timers/timer-entity.ts';
import { type Command, commandEntity } from './command-entity.ts';
import { lockPoint } from './command-lock.ts';
import { sendCommand } from './send-command.ts';

export interface CommandRequest {
  pointId: string;
  action: Command['action'];
  expiresInSeconds: number;
  comment?: string | undefined;
  requestedBy: string;
  /** As the client sent it; a command without one could be given twice by a repeated request. */
  idempotencyKey: string | undefined;
}

export async function requestCommand(session: TenantSession, request: CommandRequest): Promise<Command & Stored> {
  if (request.idempotencyKey === undefined)
    throw new AppError('validation_failed', 'Send an Idempotency-Key: a command must not be given twice.', {
      details: [{ in: 'header', path: '/idempotency-key', message: 'A command needs one.' }],
    });
  const point = await requireControl(session, request.pointId);
  refuseUnfitAction(point, request.action);
  await requireGateway(session, point.stationId);
  const approvalNeeded = await needsApproval(session, point);
  const now = session.context.now();
  const { action, comment, requestedBy } = request;
  const command: Command = {
    id: newId('cmd'),
    pointId: point.id,
    deviceId: point.deviceId,
    stationId: point.stationId,
    action,
    mode: point.control?.mode ?? 'direct',
    status: approvalNeeded ? 'requested' : 'sent',
    final: false,
    ...(comment === undefined ? {} : { comment }),
    requestedAt: now,
    requestedBy,
    approvalNeeded,
    validUntil: isoTime(Date.parse(now) + request.expiresInSeconds * 1000),
    ...(approvalNeeded ? {} : { sentAt: now }),
    steps: [
      { status: 'requested', at: now, by: requestedBy },
      ...(approvalNeeded ? [] : [{ status: 'sent', at: now, by: 'platform' }]),
    ],
  };
  const stored = await session.transact('scada', (unit) => {
    const created = unit.create(commandEntity, command);
    lockPoint(unit, session, command);
    unit.emit(commandUpdated, { aggregateId: point.id, payload: command });
    setTimer(unit, {
      kind: 'expire-command',
      tenantId: session.tenantId,
      ref: command.id,
      dueAt: command.validUntil,
    });
    return created;
  });
  return approvalNeeded ? stored : sendCommand(session, stored);
}

/** @throws AppError `not_found` for what is no control point */
export async function requireControl(session: TenantSession, id: string): Promise<Point & Stored> {
  const point = await session.require(pointEntity, { id });
  if (!isControl(point)) throw notFound('control', id);
  return point;
}

/** Better said at once than after the expiry: nobody is there to take it. @throws AppError `conflict` */
export async function requireGateway(session: TenantSession, stationId: string): Promise<void> {
  const state = await session.get(gatewayStateEntity, { id: stationId }, { consistent: true });
  if (!state?.online) throw new AppError('conflict', `The gateway of station "${stationId}" is not connected.`);
}

async function needsApproval(session: TenantSession, { approval }: Point): Promise<boolean> {
  if (approval !== 'tenant') return approval === 'two_person';
  return (await scadaSettings(session)).twoPersonApproval;
}

/** @throws AppError `unprocessable` saying what the point can take */
function refuseUnfitAction(point: Point, action: Command['action']): void {
  const { pointType, lowLimit, highLimit } = point;
  const isBinary = pointType.startsWith('binary') || pointType === 'double_bit';
  const unfit = (message: string): AppError => new AppError('unprocessable', message);
  if (action.kind === 'operate') {
    if (!isBinary) throw unfit(`A ${pointType} is written a value, not operated.`);
    return;
  }
  const { value } = action;
  if (pointType === 'string') {
    if (typeof value !== 'string') throw unfit('The point takes a text.');
    return;
  }
  if (isBinary) {
    if (typeof value !== 'boolean') throw unfit('The point takes true or false.');
    return;
  }
  if (typeof value !== 'number') throw unfit('The point takes a number.');
  if ((lowLimit !== undefined && value < lowLimit) || (highLimit !== undefined && value > highLimit))
    throw unfit(`The value must be within ${lowLimit ?? '−∞'} and ${highLimit ?? '∞'}.`);
}
