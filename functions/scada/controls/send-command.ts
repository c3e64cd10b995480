/**
 * Hands a command to its station's gateway. That it was sent is written before it is, so it is sent once at most: a function
 * that dies in between leaves a command whose fate is told as unknown, never one that is sent again.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { publishTopic } from '../../../layers/kernel/mqtt/publish-topic.ts';
import { encodeCommand } from '../../../layers/station/messages.ts';
import { downTopic } from '../../../layers/station/topics.ts';
import { advanceCommand } from './advance-command.ts';
import type { Command } from './command-entity.ts';

/** @param command already stored as `sent` by this very caller */
export async function sendCommand(session: TenantSession, command: Command & Stored): Promise<Command & Stored> {
  const { id, pointId, stationId, action, mode, sentAt, validUntil, requestedBy, decidedBy } = command;
  const payload = encodeCommand({
    id,
    pointId,
    action,
    mode,
    issuedAtMs: Date.parse(sentAt!),
    expiresAtMs: Date.parse(validUntil),
    issuedBy: requestedBy,
    ...(decidedBy === undefined ? {} : { approvedBy: decidedBy }),
  });
  const outcome = await publishTopic(downTopic(stationId, 'commands'), payload);
  if (outcome.outcome === 'taken') return command;
  const isRefused = outcome.outcome === 'refused';
  const after = await advanceCommand(session.afterwards(), id, {
    step: isRefused ? 'not_sent' : 'unknown',
    status: isRefused ? 'refused' : 'unknown',
    final: true,
    at: session.context.now(),
    by: 'platform',
    detail: isRefused ? `It was not sent: ${outcome.reason}` : `Whether it was sent is unknown: ${outcome.reason}`,
  });
  return after ?? command;
}
