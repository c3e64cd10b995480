/** Asks for a meter to be switched, and decides who else has to agree. One order is open for a meter at a time. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { personBehind } from '../../identity/contract.ts';
import { requireMeter } from '../../metering/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { meterCommandChanged } from '../events.ts';
import { occupancyEntity } from '../supplies/supply-entity.ts';
import { commandEntity, openCommandEntity, readCommandSettings } from './command-entity.ts';
import type { MeterCommand } from './command-schema.ts';

export const commandQueue = 'meter-commands';

export interface CommandMessage {
  tenantId: string;
  commandId: string;
  /** Attempts made when the message was written; an older one is late and does nothing. */
  attempts: number;
}

export interface CommandRequest {
  meterId: string;
  command: MeterCommand['command'];
  tariffId?: string | undefined;
  reason: string;
}

export async function requestCommand(
  session: TenantSession,
  request: CommandRequest,
  subject: string,
): Promise<MeterCommand & Stored> {
  const meter = await requireMeter(session, request.meterId);
  if (meter.type === 'manual' || meter.status === 'retired')
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The meter cannot be switched from afar.', ar: 'لا يمكن التحكم بهذا العداد عن بعد.' },
    });
  if ((request.command === 'set_tariff') !== (request.tariffId !== undefined))
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: '`tariffId` belongs to `set_tariff`, and to nothing else.',
        ar: 'الحقل `tariffId` خاص بالأمر `set_tariff` وحده.',
      },
    });
  const [settings, customerId, requestedBy] = await Promise.all([
    readCommandSettings(session),
    presentCustomer(session, meter.id),
    personBehind(session, subject),
  ]);
  if (request.command === 'disconnect' && customerId !== undefined) await refuseProtected(session, customerId);
  const needsApproval = request.command === 'disconnect' && settings.disconnectNeedsApproval;
  const now = session.context.now();
  const command: MeterCommand = {
    ...request,
    id: newId('cmd'),
    stationId: meter.stationId,
    status: needsApproval ? 'requested' : 'approved',
    requestedBy,
    requestedAt: now,
    attempts: 0,
    ...(customerId === undefined ? {} : { customerId }),
  };
  const stored = await session.transact('billing', (unit) => {
    const made = unit.create(commandEntity, command);
    unit.create(openCommandEntity, { meterId: meter.id, commandId: command.id });
    unit.emit(meterCommandChanged, { aggregateId: meter.id, payload: made });
    return made;
  });
  if (!needsApproval) await orderSending(session, stored);
  return stored;
}

export const orderSending = (session: TenantSession, { id, attempts }: MeterCommand, delaySeconds = 0): Promise<void> =>
  sendMessages(commandQueue, [
    {
      body: JSON.stringify({ tenantId: session.tenantId, commandId: id, attempts } satisfies CommandMessage),
      delaySeconds,
    },
  ]);

/** Who has the meter today, by the row that changes with every move. */
async function presentCustomer(session: TenantSession, meterId: string): Promise<string | undefined> {
  const occupancy = await session.get(occupancyEntity, { meterId }, { consistent: true });
  return occupancy?.spans.find(({ to }) => to === undefined)?.customerId;
}

async function refuseProtected(session: TenantSession, customerId: string): Promise<void> {
  const customer = await session.get(customerEntity, { id: customerId }, { consistent: true });
  if (customer?.isProtected)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: 'The customer is protected and is never disconnected.',
        ar: 'المشترك محمي ولا يُفصل عنه التيار.',
      },
    });
}
