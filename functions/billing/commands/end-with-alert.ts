/** Ends a command that was not done, with an alert: somebody has to know, since a house may be dark that is to be lit. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { raiseAlert } from '../../platform/contract.ts';
import { changeCommand } from './change-command.ts';
import type { MeterCommand } from './command-schema.ts';
import { alertKeyOf } from './unanswered-command.ts';

type Why = 'silence' | 'broker' | 'meter';

const titles: Record<Why, (meterId: string) => { en: string; ar: string }> = {
  silence: (meterId) => ({
    en: `Meter ${meterId} did not confirm a command`,
    ar: `لم يؤكد العداد ${meterId} تنفيذ أمر`,
  }),
  broker: (meterId) => ({
    en: `The broker refused a command to meter ${meterId}`,
    ar: `رفض الوسيط أمرًا إلى العداد ${meterId}`,
  }),
  meter: (meterId) => ({ en: `Meter ${meterId} refused a command`, ar: `رفض العداد ${meterId} تنفيذ أمر` }),
};

export async function endWithAlert(
  session: TenantSession,
  command: MeterCommand & Stored,
  changes: Pick<MeterCommand, 'status' | 'outcome' | 'refusals' | 'timedOutAt'>,
  why: Why,
): Promise<void> {
  await changeCommand(session, command, { ...changes, endedAt: session.context.now() }, (unit) =>
    raiseAlert(unit, {
      alertType: 'business',
      severity: 'warning',
      title: titles[why](command.meterId),
      sourceSystem: 'billing',
      alertData: { meterId: command.meterId, commandId: command.id, command: command.command },
      dedupeKey: alertKeyOf(command),
    }),
  );
}
