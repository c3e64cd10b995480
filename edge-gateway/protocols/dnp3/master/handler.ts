/** What a master tells whoever uses it about one outstation. */
import type { IndicationName } from '../application/internal-indications.ts';
import type { CommandEvent, Measurement } from './measurements.ts';

export type StationState = 'connecting' | 'online' | 'offline';

export interface MasterHandler {
  /**
   * Values of one fragment, in the outstation's order. Events are confirmed only once this resolves; if it throws they
   * are not, and the outstation keeps them.
   */
  measurements(measurements: Measurement[], source: 'solicited' | 'unsolicited'): void | Promise<void>;
  commandEvents?(events: CommandEvent[]): void | Promise<void>;
  /** Internal indications of every response, as a mask and by name. */
  indications?(mask: number, names: IndicationName[]): void;
  state?(state: StationState, reason?: string): void;
  /** Something went wrong that the master deals with by itself. */
  problem?(message: string): void;
}
