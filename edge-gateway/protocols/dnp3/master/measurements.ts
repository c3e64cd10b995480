/** Turns the object blocks of a response into measurements: relative times made absolute, events told from states. */
import type { ObjectBlock } from '../application/fragment.ts';
import { type FlagName, flag, flagNames } from '../objects/quality-flags.ts';
import { findVariation, pointsOfGroup } from '../objects/registry.ts';
import type { PointKind } from '../objects/variation.ts';

export interface Measurement {
  kind: PointKind;
  index: number;
  /** Boolean for single-bit points, 0 to 3 for double-bit ones, number for the rest, octets for strings. */
  value: boolean | number | Buffer;
  /** Quality bits; ONLINE where the variation carries none. See {@link qualityNames}. */
  flags: number;
  /** Milliseconds since the epoch, where the variation carries a time. */
  timeMs?: number;
  /** The outstation said that its clock was not set. */
  isTimeUncertain?: boolean;
  isEvent: boolean;
  /** The object it came as. */
  group: number;
  variation: number;
}

/** What a command did, as the outstation recorded it (groups 13 and 43). */
export interface CommandEvent {
  kind: 'binary_output' | 'analog_output';
  index: number;
  value: boolean | number;
  /** See `commandStatusName`. */
  status: number;
  timeMs?: number;
}

export interface ResponseContent {
  measurements: Measurement[];
  commandEvents: CommandEvent[];
}

export const qualityNames = ({ kind, flags }: Pick<Measurement, 'kind' | 'flags'>): FlagName[] =>
  flagNames(kind, flags);

/** Group 51 sets the time that relative times behind it in the same fragment count from. */
interface CommonTime {
  timeMs: number;
  isSynchronized: boolean;
}

export function readContent(blocks: readonly ObjectBlock[]): ResponseContent {
  const content: ResponseContent = { measurements: [], commandEvents: [] };
  let common: CommonTime | undefined;
  for (const block of blocks) {
    if (block.group === 51 && block.objects.length > 0) {
      common = { timeMs: Number(block.objects.at(-1)!.object.value), isSynchronized: block.variation === 1 };
      continue;
    }
    if (block.group === 13 || block.group === 43) readCommandEvents(block, content.commandEvents);
    else readMeasurements(block, common, content.measurements);
  }
  return content;
}

function readMeasurements(block: ObjectBlock, common: CommonTime | undefined, into: Measurement[]): void {
  const points = pointsOfGroup(block.group);
  if (!points || findVariation(block.group, block.variation)?.role === 'other') return;
  for (const { index, object } of block.objects) {
    if (object.value === undefined) continue;
    const measurement: Measurement = {
      kind: points.kind,
      index,
      value: object.value,
      flags: object.flags ?? flag.ONLINE,
      isEvent: points.role === 'event',
      group: block.group,
      variation: block.variation,
    };
    // A time of zero says that the device had none to give.
    if (object.timeMs) measurement.timeMs = object.timeMs;
    else if (object.relativeMs !== undefined && common) {
      measurement.timeMs = common.timeMs + object.relativeMs;
      if (!common.isSynchronized) measurement.isTimeUncertain = true;
    }
    into.push(measurement);
  }
}

function readCommandEvents(block: ObjectBlock, into: CommandEvent[]): void {
  for (const { index, object } of block.objects) {
    into.push({
      kind: block.group === 13 ? 'binary_output' : 'analog_output',
      index,
      value: object.value as boolean | number,
      status: object.status ?? 0,
      ...(object.timeMs && { timeMs: object.timeMs }),
    });
  }
}
