/** What an operation of a provider does to the world: it decides what may be repeated, and what may be tried elsewhere. */
import type { ProviderKind } from '../provider.ts';

/**
 * - `read`: changes nothing; may always be repeated
 * - `message`: a message twice is better than a message lost
 * - `act`: moves money, makes tokens, switches meters, books appointments: twice is worse than not at all
 */
export type OperationEffect = 'read' | 'message' | 'act';

const messageKinds: readonly ProviderKind[] = ['sms', 'whatsapp', 'email', 'push', 'chat', 'mqtt'];
const readOperations: Partial<Record<ProviderKind, readonly string[]>> = {
  payment: ['verify', 'find'],
  sms: ['status'],
  whatsapp: ['uploadMedia'],
  calendar: ['listEvents'],
  meter_platform: ['readMeter'],
  vending: ['find'],
};

export function effectOf(kind: ProviderKind, operation: string): OperationEffect {
  if (readOperations[kind]?.includes(operation)) return 'read';
  return messageKinds.includes(kind) ? 'message' : 'act';
}
