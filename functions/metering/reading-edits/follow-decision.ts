/**
 * Follows a person who chose among readings that contradict one another: the chosen one stands, the others do not. Each is an
 * edit with reason and actor like any other, and waits for a second person where the settings ask for one.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { requestEdit } from './request-edit.ts';

interface NamedReading {
  /** ISO 8601, UTC. */
  time: string;
  /** As it arrived. */
  registerKwh: string;
}

/**
 * May be repeated: what is so already, and what never arrived, is left alone. Needs `readWrite` on `metering` and `readings`,
 * `read` on `identity`.
 */
export async function followDecision(
  session: TenantSession,
  meterId: string,
  { stands, falls }: { stands: NamedReading; falls: readonly NamedReading[] },
  { by, reason }: { by: string; reason: string },
): Promise<void> {
  const wanted = [
    ...falls.map((reading) => ({ ...reading, action: 'reject' as const })),
    { ...stands, action: 'restore' as const },
  ];
  for (const { time, registerKwh, action } of wanted) {
    try {
      await requestEdit(session, { meterId, time, registerKwh, action, reason }, by);
    } catch (error) {
      if (!isAppError(error) || (error.code !== 'conflict' && error.code !== 'not_found')) throw error;
    }
  }
}
