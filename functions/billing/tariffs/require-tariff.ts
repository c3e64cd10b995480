/** Which tariffs a customer may be given: those in use, and for the customer's type. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { type Tariff, tariffEntity } from './tariff-entity.ts';

/** @throws AppError `not_found`, or `unprocessable` for one that is retired or not for such customers */
export async function requireTariffFor(
  session: TenantSession,
  tariffId: string,
  { type }: Pick<Customer, 'type'>,
): Promise<Tariff> {
  const tariff = await session.require(tariffEntity, { id: tariffId });
  if (tariff.status === 'retired')
    throw new AppError('unprocessable', undefined, {
      texts: { en: `Tariff ${tariff.code} is retired.`, ar: `التعرفة ${tariff.code} لم تعد مستخدمة.` },
    });
  if (tariff.customerTypes.length > 0 && !tariff.customerTypes.includes(type))
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Tariff ${tariff.code} is not for customers of the type ${type}.`,
        ar: `التعرفة ${tariff.code} ليست لمشتركين من النوع ${type}.`,
      },
    });
  return tariff;
}
