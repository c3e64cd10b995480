/** Lambda entry: revokes credentials that ended. What is revoked already stays so. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { revokeDeviceKey } from '../../identity/contract.ts';

const ended = z.object({ keyId: z.string(), endedBy: z.string() });

export const handler = consumeEvents(async ({ tenantId, payload }) => {
  const { keyId, endedBy } = ended.parse(payload);
  await revokeDeviceKey(openSession(tenantId), keyId, endedBy);
});
