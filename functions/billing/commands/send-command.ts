/**
 * Publishes a command to its meter, and looks again when the meter should have confirmed. What is published names a state
 * (`relay_off`), so the meter may hear it twice; it is published again only while it is still the meter's open command, so a
 * late repetition can never undo a newer one. Before each attempt it is asked again whether the order still holds.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { unlessChanged } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { publishTopic } from '../../../layers/kernel/mqtt/publish-topic.ts';
import { type Meter, requireMeter } from '../../metering/contract.ts';
import { obstacleToAny, obstacleToDunning } from '../dunning/disconnection-obstacle.ts';
import { dunningSubject } from '../dunning/overdue-debt.ts';
import { isSparedNow } from '../dunning/spared-times.ts';
import { changeCommand } from './change-command.ts';
import { commandEntity, openCommandEntity, readCommandSettings } from './command-entity.ts';
import { type CommandMessage, orderSending } from './command-queue.ts';
import type { CommandSettings, MeterCommand } from './command-schema.ts';
import { confirmCommand, endConfirmed, isDone, mayHaveHeard } from './confirm-command.ts';
import { endWithAlert } from './end-with-alert.ts';
import { isSwitchable } from './request-command.ts';
import { isUnanswered } from './unanswered-command.ts';

type StoredCommand = MeterCommand & Stored;

/** The meter's own words (000, MQTT commands). */
const words: Record<MeterCommand['command'], string> = {
  disconnect: 'relay_off',
  reconnect: 'relay_on',
  set_tariff: 'set_tariff',
};
/** How soon it is looked again whether somebody may be switched off by now: the longest delay of a queue. */
const lookAgainSeconds = 900;
const lookLateMs = 86_400_000;

export async function sendCommand({ tenantId, commandId, attempts }: CommandMessage): Promise<void> {
  const session = openSession(tenantId);
  const command = await session.get(commandEntity, { id: commandId }, { consistent: true });
  if (command === undefined || command.attempts !== attempts) return;
  if (command.status === 'timed_out') return lookLate(session, command);
  if (command.status !== 'approved' && command.status !== 'sent') return;
  const open = await session.get(openCommandEntity, { meterId: command.meterId }, { consistent: true });
  if (open?.commandId !== command.id) return;
  // Or it is confirmed, withdrawn or sent by another worker in the same moment.
  await unlessChanged(() => advance(session, command));
}

async function advance(session: TenantSession, command: StoredCommand): Promise<void> {
  const [settings, meter] = await Promise.all([readCommandSettings(session), requireMeter(session, command.meterId)]);
  // It may have been so before, which no event tells, or its event is late.
  if (meter.statusAt !== undefined && isDone(command, meter.status, meter.statusAt))
    return void (await endConfirmed(session, command, 'status'));
  const obstacle = isSwitchable(meter)
    ? await obstacleTo(session, command)
    : 'The meter cannot be switched from afar any more';
  if (obstacle !== undefined) return stop(session, command, obstacle);
  if (command.attempts >= settings.maxAttempts) return giveUp(session, command);
  if (command.attempts === 0 && isOfDunning(command) && (await isSparedNow(session)))
    return orderSending(session.tenantId, command, lookAgainSeconds);
  return publish(session, command, meter, settings);
}

const isOfDunning = ({ command, requestedBy }: MeterCommand): boolean =>
  command === 'disconnect' && requestedBy === dunningSubject;

async function obstacleTo(session: TenantSession, command: MeterCommand): Promise<string | undefined> {
  if (command.command !== 'disconnect') return undefined;
  return isOfDunning(command) ? obstacleToDunning(session, command) : obstacleToAny(session, command);
}

/** What the meter may have heard is `timed_out`: whoever reads that takes the light to be off. */
const stop = async (session: TenantSession, command: StoredCommand, outcome: string): Promise<void> =>
  void (await changeCommand(session, command, {
    status: mayHaveHeard(command) ? 'timed_out' : 'cancelled',
    outcome,
    endedAt: session.context.now(),
  }));

/** The look back is ordered first and the attempt written down second: a crash anywhere in between loses neither. */
async function publish(
  session: TenantSession,
  command: StoredCommand,
  { stationId }: Meter,
  settings: CommandSettings,
): Promise<void> {
  const now = session.context.now();
  const attempts = command.attempts + 1;
  await orderSending(session.tenantId, { id: command.id, attempts }, settings.confirmWithinSeconds);
  const sent = await changeCommand(session, command, {
    status: 'sent',
    attempts,
    firstSentAt: command.firstSentAt ?? now,
    sentAt: now,
    stationId,
  });
  const { id, meterId, tariffId } = sent;
  const payload = {
    command: words[sent.command],
    ...(tariffId === undefined ? {} : { tariff_id: tariffId }),
    command_id: id,
    timestamp: now,
    source: 'billing_system',
  };
  const outcome = await publishTopic(`acrel/${stationId}/meter/${meterId}/command`, JSON.stringify(payload));
  if (outcome.outcome === 'taken' && sent.command === 'set_tariff')
    return void (await endConfirmed(session, sent, 'broker'));
  if (outcome.outcome !== 'refused') return;
  const refused = { ...sent, refusals: (sent.refusals ?? 0) + 1 };
  const { refusals } = refused;
  // The next attempt need not wait for the meter, but the queue's delay is soon enough.
  if (sent.attempts < settings.maxAttempts || mayHaveHeard(refused))
    await session.transact('billing', (unit) => unit.update(commandEntity, sent, { refusals }, { isAudited: false }));
  else await endWithAlert(session, sent, { status: 'failed', refusals, outcome: outcome.reason }, 'broker');
}

async function giveUp(session: TenantSession, command: StoredCommand): Promise<void> {
  // Of a tariff no meter says anything.
  if (command.command !== 'set_tariff') await orderSending(session.tenantId, command, lookAgainSeconds);
  const outcome = `The meter did not confirm ${command.attempts} attempts.`;
  await endWithAlert(session, command, { status: 'timed_out', outcome }, 'silence');
}

/** A meter that comes back and was so before tells no change: for a day it is looked at by itself. */
async function lookLate(session: TenantSession, command: StoredCommand): Promise<void> {
  const { tenantId } = session;
  const { meterId, endedAt } = command;
  const { status, statusAt } = await requireMeter(session, meterId);
  if (statusAt !== undefined)
    await confirmCommand({ tenantId, meterId, newStatus: status, time: statusAt, by: 'status' });
  const isOver = Date.parse(session.context.now()) - Date.parse(endedAt!) > lookLateMs;
  if (!isOver && (await isUnanswered(session, command))) await orderSending(tenantId, command, lookAgainSeconds);
}
