/** Lines that say who did what, for deeds that change no row and so leave no history of their own: replays, redrives, looks into other people's data. */
import { logger } from './logger.ts';

const auditMessage = 'audit';

/**
 * Written with the tenant, the user and the correlation of the request. Searched as logs of the kind `audit`.
 * @param action `<thing>.<done>`, e.g. `dead_letters.redriven`
 * @param details ids and counts; nothing that is secret or personal
 */
export function auditLog(action: string, details: Record<string, string | number | boolean | null | undefined>): void {
  logger.info(auditMessage, { action, ...details });
}
