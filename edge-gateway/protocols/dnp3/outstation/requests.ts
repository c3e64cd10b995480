/** What an outstation does for every function but reading and commands: writing, freezing, classes, times, restarts. */
import type { Fragment, ObjectBlock } from '../application/fragment.ts';
import { functionCode } from '../application/function-codes.ts';
import { type Indications, indication, restartBitIndex } from '../application/internal-indications.ts';
import { ByteWriter } from '../byte-cursor.ts';
import { pointsOfGroup } from '../objects/registry.ts';
import type { PointKind } from '../objects/variation.ts';
import type { EventClass } from './event-buffer.ts';
import { pointsNamed } from './read-selection.ts';
import type { StationState } from './station-state.ts';

export interface Answer {
  body?: Buffer;
  indications?: Indications;
  /** What happens once the answer is on its way. */
  afterwards?: 'restart';
}

export interface RequestTime {
  /** When the request's last octet arrived, monotonic. */
  receivedAtMs: number;
}

const unknownObject: Answer = { indications: indication('objectUnknown') };
const parameterError: Answer = { indications: indication('parameterError') };
const notSupported: Answer = { indications: indication('functionNotSupported') };

export function answerRequest(fragment: Fragment, station: StationState, time: RequestTime): Answer {
  const { blocks, header } = fragment;
  switch (header.functionCode) {
    case functionCode.write:
      return combine(blocks.map((block) => write(block, station)));
    case functionCode.immediateFreeze:
    case functionCode.immediateFreezeNoAck:
      return combine(blocks.map((block) => freeze(block, station, false)));
    case functionCode.freezeClear:
    case functionCode.freezeClearNoAck:
      return combine(blocks.map((block) => freeze(block, station, true)));
    case functionCode.coldRestart:
      return restart(station, 'cold');
    case functionCode.warmRestart:
      return restart(station, 'warm');
    case functionCode.enableUnsolicited:
    case functionCode.disableUnsolicited:
      return allowUnsolicited(blocks, station, header.functionCode === functionCode.enableUnsolicited);
    case functionCode.assignClass:
      return assignClass(blocks, station);
    case functionCode.delayMeasure:
      return { body: timeDelay(station.clock.monotonicMs() - time.receivedAtMs) };
    case functionCode.recordCurrentTime:
      station.recordedAtMs = time.receivedAtMs;
      return {};
    default:
      return notSupported;
  }
}

const combine = (answers: readonly Answer[]): Answer => ({
  indications: answers.reduce((mask, { indications = 0 }) => mask | indications, 0),
});

function write(block: ObjectBlock, station: StationState): Answer {
  const { group, variation, objects } = block;
  if (group === 80 && variation === 1) {
    // Only the restart indication may be written, and only cleared (annex A.31).
    if (objects.length !== 1 || objects[0]!.index !== restartBitIndex || objects[0]!.object.value !== false)
      return parameterError;
    station.hasRestarted = false;
    return {};
  }
  if (group === 50 && (variation === 1 || variation === 3)) return writeTime(block, station);
  if (group === 34 && variation <= 3) return writeDeadBands(block, station);
  return unknownObject;
}

function writeTime({ variation, objects }: ObjectBlock, station: StationState): Answer {
  const timeMs = objects[0]?.object.value;
  if (objects.length !== 1 || typeof timeMs !== 'number') return parameterError;
  if (variation === 1) {
    station.setTime(timeMs);
    return {};
  }
  if (station.recordedAtMs === undefined) return parameterError;
  // The time is that of the recording; since then some has passed (clause 10.3.5).
  station.setTime(timeMs + station.clock.monotonicMs() - station.recordedAtMs);
  station.recordedAtMs = undefined;
  return {};
}

function writeDeadBands({ objects }: ObjectBlock, station: StationState): Answer {
  let isComplete = true;
  for (const { index, object } of objects) {
    const point = station.database.find('analog_input', index);
    const value = Number(object.value);
    if (!point || !(value >= 0)) isComplete = false;
    else point.deadBand = value;
  }
  tellConfiguration(station, 'analog_input');
  return isComplete ? {} : parameterError;
}

function freeze(block: ObjectBlock, station: StationState, clear: boolean): Answer {
  const kind = pointsOfGroup(block.group)?.kind;
  if (kind !== 'counter' && kind !== 'analog_input') return unknownObject;
  const { points, isComplete } = pointsNamed(block, kind, station.database);
  const frozen: PointKind = kind === 'counter' ? 'frozen_counter' : 'frozen_analog_input';
  for (const { index, value, flags } of points) {
    station.update(frozen, index, value, { flags });
    if (clear && kind === 'counter') station.update(kind, index, 0, { flags });
  }
  return isComplete ? {} : parameterError;
}

function restart(station: StationState, kind: 'cold' | 'warm'): Answer {
  const delayMs = station.handler.restart?.(kind);
  return delayMs === undefined ? notSupported : { body: timeDelay(delayMs), afterwards: 'restart' };
}

/** Group 52: milliseconds where they fit, seconds otherwise. */
function timeDelay(delayMs: number): Buffer {
  const isFine = delayMs <= 0xffff;
  const writer = new ByteWriter(6);
  writer.u8(52);
  writer.u8(isFine ? 2 : 1);
  writer.u8(0x07);
  writer.u8(1);
  writer.u16(Math.min(0xffff, Math.round(isFine ? delayMs : delayMs / 1000)));
  return writer.written();
}

function allowUnsolicited(blocks: readonly ObjectBlock[], station: StationState, isAllowed: boolean): Answer {
  if (!(station.settings.sendsUnsolicited ?? true)) return notSupported;
  const classes = blocks.map(({ group, variation }) => (group === 60 ? variation - 1 : -1));
  for (const number of classes) {
    if (number < 1 || number > 3) continue;
    if (isAllowed) station.unsolicitedClasses.add(number as EventClass);
    else station.unsolicitedClasses.delete(number as EventClass);
  }
  return classes.every((number) => number >= 1 && number <= 3) ? {} : unknownObject;
}

/** A class object, and behind it the points that go into it, until the next class object (clause 4.4.9). */
function assignClass(blocks: readonly ObjectBlock[], station: StationState): Answer {
  let into: number | undefined;
  const answers = blocks.map((block): Answer => {
    if (block.group === 60) {
      into = block.variation - 1;
      return into >= 0 && into <= 3 ? {} : unknownObject;
    }
    const named = pointsOfGroup(block.group);
    if (into === undefined || named?.role !== 'static') return unknownObject;
    const { points, isComplete } = pointsNamed(block, named.kind, station.database);
    for (const point of points) point.eventClass = into as 0 | EventClass;
    tellConfiguration(station, named.kind);
    return isComplete ? {} : parameterError;
  });
  return combine(answers);
}

function tellConfiguration(station: StationState, kind: PointKind): void {
  station.handler.configured?.(
    station.database.all(kind).map(({ index, eventClass, deadBand, staticVariation, eventVariation }) => ({
      kind,
      index,
      eventClass,
      deadBand,
      staticVariation,
      eventVariation,
    })),
  );
}
