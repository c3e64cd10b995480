/** What a station tells of a command, in the platform's words. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import type { CommandStep as GatewayStep, ResultMessage } from '../../../layers/station/messages.ts';
import { fromJsonValue } from '../../../layers/station/point-value.ts';
import { presentValue } from '../values/present-value.ts';
import { advanceCommand } from './advance-command.ts';
import { type CommandStatus, commandEntity } from './command-entity.ts';

const statusOf: Record<GatewayStep, CommandStatus | undefined> = {
  accepted: undefined,
  // The select, where there is one, goes out with it.
  sending: 'selected',
  executed: 'executed',
  confirmed: 'verified',
  // The device took it; that its effect cannot be seen is told as the reason.
  not_confirmed: 'executed',
  refused: 'refused',
  expired: 'expired',
  not_sent: 'refused',
  unknown: 'unknown',
};

export async function takeResult(session: TenantSession, stationId: string, result: ResultMessage): Promise<void> {
  const command = await session.get(commandEntity, { id: result.commandId }, { consistent: true });
  if (command === undefined || command.stationId !== stationId) {
    // Commands given at the station itself are its own affair.
    logger.warn('result of a command nobody gave', { stationId, commandId: result.commandId });
    return;
  }
  const readBack = result.readBack === undefined ? undefined : presentValue(fromJsonValue(result.readBack)?.value);
  await advanceCommand(session, result.commandId, {
    step: result.step,
    status: statusOf[result.step],
    final: result.final,
    at: isoTime(result.timeMs),
    by: 'gateway',
    detail: result.reason ?? (result.step === 'not_confirmed' ? 'The read-back point does not show it.' : undefined),
    code: result.code,
    readBack,
  });
}
