/**
 * Publishes a command to its meter, and looks again when the meter should have confirmed. What is published names a state
 * (`relay_off`), so the meter may hear it twice; it is published again only while it is still the meter's open command, so a
 * late repetition can never undo a newer one.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { publishTopic } from '../../../layers/kernel/mqtt/publish-topic.ts';
import { raiseAlert } from '../../platform/contract.ts';
import { changeCommand } from './change-command.ts';
import { commandEntity, openCommandEntity, readCommandSettings } from './command-entity.ts';
import type { CommandSettings, MeterCommand } from './command-schema.ts';
import { type CommandMessage, orderSending } from './request-command.ts';

/** The meter's own words (000, MQTT commands). */
const words: Record<MeterCommand['command'], string> = {
  disconnect: 'relay_off',
  reconnect: 'relay_on',
  set_tariff: 'set_tariff',
};

export async function sendCommand({ tenantId, commandId, attempts }: CommandMessage): Promise<void> {
  const session = openSession(tenantId);
  const command = await session.get(commandEntity, { id: commandId }, { consistent: true });
  if (command === undefined || command.attempts !== attempts) return;
  if (command.status !== 'approved' && command.status !== 'sent') return;
  const open = await session.get(openCommandEntity, { meterId: command.meterId }, { consistent: true });
  if (open?.commandId !== command.id) return;
  const settings = await readCommandSettings(session);
  try {
    if (attempts >= settings.maxAttempts) await giveUp(session, command);
    else await publish(session, command, settings);
  } catch (error) {
    // Confirmed, withdrawn or sent by another worker in the same moment.
    if (!(isAppError(error) && error.code === 'version_conflict')) throw error;
  }
}

/** The look back is ordered first and the attempt written down second: a crash anywhere in between loses neither. */
async function publish(
  session: TenantSession,
  command: MeterCommand & Stored,
  settings: CommandSettings,
): Promise<void> {
  const now = session.context.now();
  const attempts = command.attempts + 1;
  await orderSending(session, { ...command, attempts }, settings.confirmWithinSeconds);
  const sent = await changeCommand(session, command, { status: 'sent', attempts, sentAt: now });
  const { id, meterId, stationId, tariffId } = sent;
  const payload = {
    command: words[sent.command],
    ...(tariffId === undefined ? {} : { tariff_id: tariffId }),
    command_id: id,
    timestamp: now,
    source: 'billing_system',
  };
  const outcome = await publishTopic(`acrel/${stationId}/meter/${meterId}/command`, JSON.stringify(payload));
  // Refused for certain: the next attempt need not wait for the meter, but the queue's delay is soon enough.
  if (outcome.outcome === 'refused' && sent.attempts >= settings.maxAttempts)
    await changeCommand(session, sent, { status: 'failed', outcome: outcome.reason, endedAt: session.context.now() });
}

async function giveUp(session: TenantSession, command: MeterCommand & Stored): Promise<void> {
  await changeCommand(session, command, {
    status: 'timed_out',
    outcome: `The meter did not confirm ${command.attempts} attempts.`,
    endedAt: session.context.now(),
  });
  await session.transact('billing', (unit) =>
    raiseAlert(unit, {
      alertType: 'business',
      severity: 'warning',
      title: {
        en: `Meter ${command.meterId} did not confirm a command`,
        ar: `لم يؤكد العداد ${command.meterId} تنفيذ أمر`,
      },
      sourceSystem: 'billing',
      alertData: { meterId: command.meterId, commandId: command.id, command: command.command },
      dedupeKey: `meter-command/${command.meterId}`,
    }),
  );
}
