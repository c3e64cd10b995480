/**
 * Events as the bus carries them, and the checks of PutEvents.
 * @see EventBridge User Guide, "Events in Amazon EventBridge", "Calculating PutEvents event entry size"
 */
import { randomUUID } from 'node:crypto';
import { AwsError, type RuntimeContext } from '../../runtime/types.ts';

export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** ISO 8601 in seconds, UTC. */
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
  'replay-name'?: string;
}

export interface EventEntry {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  Resources?: string[];
  /** Seconds since the epoch, as the JSON protocol sends it, or ISO 8601. */
  Time?: number | string;
  EventBusName?: string;
}

/** 1 MB since January 2026; the sum over the entries of one request. */
export const MAX_REQUEST_BYTES = 1_048_576;
export const BILLED_CHUNK_BYTES = 64 * 1024;

export function entryBytes({ Source = '', DetailType = '', Detail = '', Resources = [], Time }: EventEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

/** Makes the event of an entry; throws `AwsError` with the code of its result entry when PutEvents would refuse it. */
export function createEvent(entry: EventEntry, ctx: RuntimeContext): BusEvent {
  for (const name of ['Source', 'DetailType', 'Detail'] as const)
    if (typeof entry[name] !== 'string' || entry[name] === '')
      throw new AwsError('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  if (entry.Source!.startsWith('aws.'))
    throw new AwsError('NotAuthorizedForSourceException', `Not authorized for the source ${entry.Source}.`);
  const time =
    entry.Time === undefined
      ? ctx.clock.now()
      : typeof entry.Time === 'number'
        ? entry.Time * 1000
        : Date.parse(entry.Time);
  if (Number.isNaN(time)) throw new AwsError('InvalidArgument', `Parameter Time is not valid: ${entry.Time}.`);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType!,
    source: entry.Source!,
    account: ctx.accountId,
    time: isoSeconds(time),
    region: ctx.region,
    resources: entry.Resources ?? [],
    detail: parseDetail(entry.Detail!),
  };
}

function parseDetail(text: string): object {
  let detail: unknown;
  try {
    detail = JSON.parse(text);
  } catch {
    detail = undefined;
  }
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail))
    throw new AwsError('MalformedDetail', 'Detail is malformed.');
  return detail;
}

export function isoSeconds(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
