/** Lambda entry of `/api/support/settings`. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { supportSettingsRoutes } from './routes.ts';
import { defaultSettings, supportSettingsEntity } from './settings-entity.ts';

const operations: Operations<typeof supportSettingsRoutes.routes> = {
  getSupportSettings: async ({ session }) => ({
    data: (await session.get(supportSettingsEntity, {}, { consistent: true })) ?? { ...defaultSettings, version: 0 },
  }),

  updateSupportSettings: async ({ session, body, expectedVersion }) => {
    const before = await session.get(supportSettingsEntity, {}, { consistent: true });
    if (expectedVersion !== undefined && expectedVersion !== (before?.version ?? 0))
      throw new AppError('version_conflict');
    const data = await session.transact('support', (unit) =>
      before === undefined
        ? unit.create(supportSettingsEntity, { ...defaultSettings, ...body })
        : unit.update(supportSettingsEntity, before, body),
    );
    return { data };
  },
};

export const handler = serve(supportSettingsRoutes, operations, { table: 'support' });
