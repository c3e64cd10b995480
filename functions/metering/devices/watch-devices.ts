/** Schedule: looks at the devices of all tenants whose silence is due. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sumOverTenants } from '../../identity/contract.ts';
import { type DeviceStateRow, deviceStateEntity } from './device-entity.ts';
import { lookAt } from './presence.ts';

const atOnce = 20;
/** The rest waits for the next run, so that one tenant’s flood does not starve the others. */
const mostOfTenant = 5000;

export async function handler(): Promise<{ gone: number }> {
  return { gone: await sumOverTenants(watchTenant) };
}

async function watchTenant(session: TenantSession): Promise<number> {
  const due: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<DeviceStateRow>(deviceStateEntity, {
      index: 'gsi1',
      pk: ['IOT-WATCH'],
      to: [`${session.context.now()}~`],
      limit: 200,
      cursor,
    });
    due.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && due.length < mostOfTenant);
  let gone = 0;
  const look = async (): Promise<void> => {
    for (let id = due.shift(); id !== undefined; id = due.shift()) {
      try {
        if (await lookAt(session, id)) gone += 1;
      } catch (error) {
        logger.error('device not looked at', { deviceId: id, error: error as Error });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  return gone;
}
