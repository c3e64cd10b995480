/** What can be done with models of meters. The list merges those built in with the tenant's own, by name. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations, Paging } from '../../../layers/kernel/http/route.ts';
import { builtInModel, builtInModels, modelEntity, modelsPartition, nameKey } from './find-model.ts';
import type { MeterModel, NewModel } from './model-schema.ts';
import type { meterModels } from './routes.ts';

const own = (model: NewModel & Stored): MeterModel => ({ ...model, builtIn: false });

export const modelOperations: Operations<typeof meterModels.routes> = {
  listMeterModels: async ({ session, page }) => listModels(session, page),

  createMeterModel: async ({ session, body }) => {
    const taken = builtInModel(body.model);
    if (taken)
      throw new AppError('already_exists', undefined, { values: { entity: modelEntity.name, id: taken.model } });
    return { data: own(await session.transact('metering', (unit) => unit.create(modelEntity, body))) };
  },

  getMeterModel: async ({ session, params }) => ({
    data: builtInModel(params.model) ?? own(await session.require(modelEntity, params)),
  }),

  updateMeterModel: async ({ session, params, body, expectedVersion }) => {
    if (builtInModel(params.model))
      throw new AppError('conflict', undefined, {
        texts: {
          en: 'Built-in models do not change: add one of your own under another name.',
          ar: 'النماذج المدمجة لا تتغير: أضف نموذجًا خاصًا بك باسم آخر.',
        },
      });
    const before = await session.require(modelEntity, params);
    refuseStale(before, expectedVersion);
    return { data: own(await session.transact('metering', (unit) => unit.update(modelEntity, before, body))) };
  },
};

/** The cursor is the name of the last model, so it holds for both kinds. */
async function listModels(session: TenantSession, { limit, cursor }: Paging) {
  const after = cursor === undefined ? '' : readCursor(cursor);
  // One for the last one seen, which the range includes, and one to know whether there are more.
  const { items } = await session.query<NewModel & Stored>(modelEntity, {
    index: 'gsi1',
    pk: modelsPartition,
    ...(after === '' ? {} : { from: [after] }),
    limit: limit + 2,
  });
  const found = [...builtInModels, ...items.map(own)]
    .map((model) => ({ model, key: nameKey(model.model) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = found.slice(0, limit);
  const nextCursor = found.length > limit ? Buffer.from(shown.at(-1)!.key).toString('base64url') : null;
  return { data: shown.map(({ model }) => model), pagination: { limit, nextCursor } };
}

function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[A-Z0-9][A-Z0-9._-]{0,63}$/.test(key)) throw new AppError('invalid_cursor');
  return key;
}
