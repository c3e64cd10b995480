/** What can be done with tariffs. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { tariffPublished } from '../events.ts';
import { today } from '../invoices/local-day.ts';
import { checkReferences } from './check-references.ts';
import type { tariffs } from './routes.ts';
import { type Tariff, tariffCodeEntity, tariffEntity, tariffVersionEntity, versionsOf } from './tariff-entity.ts';
import { priceWhatIf } from './what-if.ts';

export const tariffOperations: Operations<typeof tariffs.routes> = {
  listTariffs: async ({ session, query: { status }, page }) => {
    const { items, nextCursor } = await session.query<Tariff & Stored>(tariffEntity, {
      index: 'gsi1',
      pk: ['TARIFFS'],
      filter: equals({ status }),
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  createTariff: async ({ session, body }) => {
    const tariff: Tariff = { ...body, id: newId('tar'), status: 'active' };
    const data = await session.transact('billing', (unit) => {
      unit.create(tariffCodeEntity, { code: tariff.code, tariffId: tariff.id });
      return unit.create(tariffEntity, tariff);
    });
    return { data };
  },

  getTariff: async ({ session, params }) => {
    const tariff = await session.require(tariffEntity, params);
    return { data: { ...tariff, versions: (await versionsOf(session, params.id)) as never[] } };
  },

  updateTariff: async ({ session, params, body, expectedVersion }) => {
    const before = await session.require(tariffEntity, params);
    refuseStale(before, expectedVersion);
    return { data: await session.transact('billing', (unit) => unit.update(tariffEntity, before, body)) };
  },

  publishTariffVersion: async ({ session, params, body }) => {
    const tariff = await session.require(tariffEntity, params);
    checkReferences(body);
    const data = await session.transact('billing', (unit) => {
      unit.emit(tariffPublished, {
        aggregateId: tariff.id,
        payload: { tariffId: tariff.id, code: tariff.code, from: body.from, currency: body.currency },
      });
      return unit.create(tariffVersionEntity, { ...body, tariffId: tariff.id });
    });
    return { data };
  },

  withdrawTariffVersion: async ({ session, params: { id, from } }) => {
    const version = await session.require(tariffVersionEntity, { tariffId: id, from });
    if (from <= (await today(session)))
      throw new AppError('conflict', undefined, {
        texts: {
          en: `The version of ${from} has begun: bills may stand on it. Publish another one instead.`,
          ar: `بدأ سريان نسخة ${from} وقد تستند إليها فواتير. انشر نسخة أخرى بدلًا من ذلك.`,
        },
      });
    await session.transact('billing', (unit) => unit.delete(tariffVersionEntity, version));
    return {};
  },

  priceWithTariff: async ({ session, params, body }) => {
    await session.require(tariffEntity, params);
    const [versions, { timeZone }] = await Promise.all([versionsOf(session, params.id), tenantProfile(session)]);
    return { data: priceWhatIf(versions, body, timeZone) };
  },

  getTariffHistory: readHistory(tariffEntity),
};
