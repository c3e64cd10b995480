/** Schedule: forgets connections that gave no sign of life for longer than API Gateway keeps an idle one open. */
import { GetConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { openGlobalSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type Connection, connectionEntity, sweepShards } from './connection-entity.ts';
import { managementClient } from './management-client.ts';
import { closeConnection } from './presence.ts';

/** API Gateway closes a connection after 10 idle minutes. */
const staleAfterMs = 12 * 60_000;

export async function handler(): Promise<{ removed: number }> {
  const before = new Date(Date.now() - staleAfterMs).toISOString();
  let removed = 0;
  for (let shard = 0; shard < sweepShards; shard++) {
    const { items } = await openGlobalSession().query<Connection>(connectionEntity, {
      index: 'gsi1',
      pk: ['CONNECTION', shard],
      to: [before],
      limit: 200,
    });
    for (const { connectionId } of items) {
      if (await isOpen(connectionId)) continue;
      await closeConnection(connectionId);
      removed += 1;
    }
  }
  if (removed > 0) logger.info('stale connections removed', { removed });
  return { removed };
}

/** A listener that only receives gives no sign of life to us, but API Gateway knows it. */
async function isOpen(connectionId: string): Promise<boolean> {
  try {
    await managementClient.send(new GetConnectionCommand({ ConnectionId: connectionId }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'GoneException') return false;
    throw error;
  }
}
