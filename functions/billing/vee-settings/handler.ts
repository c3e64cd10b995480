/** Lambda entry of `/api/billing/vee-settings`. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { veeSettings } from './routes.ts';
import { readVeeSettings, refuseContradictions, veeSettingsEntity } from './vee-settings.ts';

export const handler = serve(
  veeSettings,
  {
    getVeeSettings: async ({ session }) => ({ data: await readVeeSettings(session) }),
    changeVeeSettings: async ({ session, body, expectedVersion }) => {
      refuseContradictions(body);
      const before = await session.get(veeSettingsEntity, { id: 'vee' }, { consistent: true });
      if (expectedVersion !== undefined && expectedVersion !== (before?.version ?? 0))
        throw new AppError('version_conflict');
      const { version } = await session.transact('billing', (unit) =>
        before === undefined
          ? // Who else sets them for the first time at this moment was faster.
            unit.create(veeSettingsEntity, { id: 'vee', ...body }, { refused: () => new AppError('version_conflict') })
          : unit.update(veeSettingsEntity, before, body),
      );
      return { data: { ...body, version } };
    },
  },
  { table: 'billing' },
);
