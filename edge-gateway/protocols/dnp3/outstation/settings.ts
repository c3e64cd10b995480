/** What an outstation is told about itself, and what it asks of whoever runs it. */
import type { LinkSettings } from '../link/link-session.ts';
import type { CommandHandler } from './control.ts';
import type { PointDefinition } from './database.ts';
import type { EventLimits } from './event-buffer.ts';

export interface OutstationSettings
  extends Pick<
    LinkSettings,
    'confirmsUserData' | 'linkTimeoutMs' | 'linkRetries' | 'keepAliveMs' | 'acceptsSelfAddress'
  > {
  address: number;
  /** The one master it answers. @default 1 */
  masterAddress?: number;
  points: readonly PointDefinition[];
  /** Events kept per class. @default 1000 each */
  eventLimits?: EventLimits;
  /** Whether it may speak by itself once a master enables it. @default true */
  sendsUnsolicited?: boolean;
  /** Waits so long for more events before it speaks. @default 0 */
  unsolicitedHoldMs?: number;
  /** How often an unconfirmed unsolicited response is repeated before a pause. @default 3 */
  unsolicitedRetries?: number;
  /** @default 10000 */
  unsolicitedPauseMs?: number;
  /** How long to wait for a confirmation. @default 5000 */
  confirmTimeoutMs?: number;
  /** How long a select holds. @default 10000 */
  selectTimeoutMs?: number;
  /** Commands in one request. @default 16 */
  mostCommands?: number;
  /** The longest fragment its master takes. @default 2048 */
  maxSentOctets?: number;
  maxReceivedOctets?: number;
  /** Asks its master for the time. @default false */
  needsTime?: boolean;
  /** Asks again so long after the time was set. @default 0, never */
  timeValidMs?: number;
}

export interface OutstationHandler extends Partial<CommandHandler> {
  /** The master set the time; the outstation's own `now()` follows by itself. */
  setTime?(timeMs: number): void;
  /** @returns milliseconds until it is back, or undefined where this kind of restart is not supported */
  restart?(kind: 'cold' | 'warm'): number | undefined;
  /** A master changed classes or dead-bands: keep them if they are to outlast a restart. */
  configured?(points: readonly PointDefinition[]): void;
}
