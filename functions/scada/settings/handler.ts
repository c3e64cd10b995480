/** Lambda entry of `/api/scada/settings`. */
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { settings } from './routes.ts';
import { defaultSettings, forgetSettings, type ScadaSettings, settingsEntity, settingsId } from './settings-entity.ts';

const read = (session: TenantSession) => session.get(settingsEntity, { id: settingsId }, { consistent: true });

export const handler = serve(
  settings,
  {
    getScadaSettings: async ({ session }) => ({ data: present(await read(session)) }),
    updateScadaSettings: async ({ session, body, expectedVersion }) => {
      const row = { id: settingsId, ...body };
      const stored = await saveRow(session, settingsEntity, row, { initial: defaultSettings, expectedVersion });
      forgetSettings(session.tenantId);
      return { data: present(stored) };
    },
  },
  { table: 'scada' },
);

function present(stored: (ScadaSettings & { version: number }) | undefined): ScadaSettings & { version: number } {
  const { escalateAfterMinutes, floodLimitPerMinute, gatewaySilenceSeconds, twoPersonApproval, historyDays, version } =
    {
      ...defaultSettings,
      version: 0,
      ...stored,
    };
  return {
    escalateAfterMinutes,
    floodLimitPerMinute,
    gatewaySilenceSeconds,
    twoPersonApproval,
    historyDays,
    version,
  };
}
