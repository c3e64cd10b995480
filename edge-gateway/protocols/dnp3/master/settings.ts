/** What a master is told about one outstation. */
import { RequestBody } from '../application/fragment-writer.ts';
import type { Range } from '../application/object-header.ts';
import type { LinkSettings } from '../link/link-session.ts';

export type EventClass = 1 | 2 | 3;
export type DataClass = 0 | EventClass;

/** What a read asks for, header by header. Variation 0 is the outstation's choice. */
export interface ReadHeader {
  group: number;
  variation: number;
  range?: Range;
}

export interface PollSettings {
  name?: string;
  read: readonly ReadHeader[];
  periodMs: number;
}

export type TimeSyncProcedure =
  /** Never. */
  | 'none'
  /** Record current time, then write it: exact where octets travel at once (clause 10.3.5). */
  | 'lan'
  /** Measure the delay, then write the time corrected by it: for serial lines (clause 10.3.4). */
  | 'non_lan';

export interface RemoteOutstationSettings
  extends Pick<LinkSettings, 'confirmsUserData' | 'linkTimeoutMs' | 'linkRetries' | 'keepAliveMs'> {
  /** Link address of the outstation. */
  address: number;
  /** Our own. @default 1 */
  masterAddress?: number;
  /** How long to wait for each fragment of an answer. @default 5000 */
  responseTimeoutMs?: number;
  /** How often a read is repeated; commands never are. @default 1 */
  readRetries?: number;
  /** Time-outs in a row after which the outstation counts as offline. @default 2 */
  offlineAfterTimeouts?: number;
  /** First pause before an outstation that did not answer is tried again; doubled up to a minute. @default 2000 */
  startUpRetryMs?: number;
  /** @default true */
  disablesUnsolicitedOnStart?: boolean;
  /** Classes read at the start, after a restart and after a lost event. @default [1, 2, 3, 0] */
  integrityClasses?: readonly DataClass[];
  /** Classes the outstation may report by itself; empty for none. @default [1, 2, 3] */
  unsolicitedClasses?: readonly EventClass[];
  /** What to do when the outstation needs the time. @default 'lan' */
  timeSync?: TimeSyncProcedure;
  /** Read events when a response says there are some. @default true */
  pollsAnnouncedEvents?: boolean;
  polls?: readonly PollSettings[];
  /** The longest fragment the outstation takes. @default 2048 */
  maxSentOctets?: number;
  /** The longest fragment taken from it. @default 2048 */
  maxReceivedOctets?: number;
}

export const classHeaders = (classes: readonly DataClass[]): ReadHeader[] =>
  classes.map((number) => ({ group: 60, variation: number + 1 }));

export const pointRange = (group: number, variation: number, start: number, stop: number): ReadHeader => ({
  group,
  variation,
  range: { kind: 'range', start, stop },
});

/** Header upon header, as requests that carry no objects have them. */
export function headersBody(headers: readonly ReadHeader[], maxOctets?: number): Buffer {
  const body = new RequestBody(maxOctets);
  for (const { group, variation, range } of headers) body.header(group, variation, range);
  return body.octets();
}
