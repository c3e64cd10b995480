/** What a confirmation says of a command: not all of them say that it was done. */

/** Confirmations by their `event_type`. */
export const confirmations = {
  disconnect_confirm: { action: 'disconnect', newStatus: 'disconnected' },
  reconnect_confirm: { action: 'reconnect', newStatus: 'connected' },
} as const;

const done: readonly unknown[] = [undefined, null, 'confirmed', 'success', 'ok'];
const refused: readonly unknown[] = ['failed', 'refused', 'rejected'];

/** @param status as the confirmation has it; one without says that it was done @returns undefined for what says neither */
export function answerTo(status: unknown): 'done' | 'refused' | undefined {
  const word = typeof status === 'string' ? status.toLowerCase() : status;
  if (done.includes(word)) return 'done';
  return refused.includes(word) ? 'refused' : undefined;
}
