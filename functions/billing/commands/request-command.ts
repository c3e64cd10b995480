/**
 * Asks for a meter to be switched, and decides who else has to agree. One order is open for a meter at a time. Sending follows
 * from the event of an approved one, so an order that was written down is sent whatever happens to the caller.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { personBehind } from '../../identity/contract.ts';
import { type Meter, requireMeter } from '../../metering/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { meterCommandChanged } from '../events.ts';
import { presentCustomer } from '../supplies/present-customer.ts';
import { commandEntity, openCommandEntity, readCommandSettings } from './command-entity.ts';
import type { MeterCommand } from './command-schema.ts';

export interface CommandRequest {
  meterId: string;
  command: MeterCommand['command'];
  tariffId?: string | undefined;
  reason: string;
}

/** @param of who must have the meter, where the order is about a customer @throws AppError `not_found`, `already_exists`, `unprocessable` */
export async function requestCommand(
  session: TenantSession,
  request: CommandRequest,
  subject: string,
  of?: string,
): Promise<MeterCommand & Stored> {
  const meter = await requireMeter(session, request.meterId);
  if (!isSwitchable(meter))
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
  if (of !== undefined && customerId !== of)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The customer does not have the meter.', ar: 'العداد ليس لدى هذا المشترك.' },
    });
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
  return session.transact('billing', (unit) => {
    const made = unit.create(commandEntity, command);
    unit.create(openCommandEntity, { meterId: meter.id, commandId: command.id }, { refused: isOpen });
    unit.emit(meterCommandChanged, { aggregateId: meter.id, payload: made });
    return made;
  });
}

export const isSwitchable = ({ type, status }: Pick<Meter, 'type' | 'status'>): boolean =>
  type !== 'manual' && status !== 'retired';

const isOpen = (): AppError =>
  new AppError('already_exists', undefined, {
    texts: {
      en: 'Another command of this meter is open: wait for its end, or withdraw it.',
      ar: 'يوجد أمر آخر قائم لهذا العداد: انتظر انتهاءه أو اسحبه.',
    },
  });

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
