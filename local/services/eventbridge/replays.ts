/** Replays of archived events to the bus they came from, all rules or named ones. @see API Reference, StartReplay */
import { AwsError, type ClockTimer, type RuntimeContext } from '../../runtime/types.ts';
import type { Buses } from './buses.ts';
import { BILLED_CHUNK_BYTES } from './event.ts';

interface Replay {
  ReplayName: string;
  ReplayArn: string;
  State: 'STARTING' | 'COMPLETED' | 'FAILED';
  StateReason?: string;
  EventSourceArn: string;
  Destination: { Arn: string; FilterArns?: string[] };
  /** Seconds since the epoch. */
  EventStartTime: number;
  EventEndTime: number;
  ReplayStartTime: number;
  ReplayEndTime?: number;
}

export class Replays {
  readonly timers = new Set<ClockTimer>();
  readonly #ctx: RuntimeContext;
  readonly #buses: Buses;
  readonly #replays = new Map<string, Replay>();

  constructor(ctx: RuntimeContext, buses: Buses) {
    this.#ctx = ctx;
    this.#buses = buses;
  }

  start(input: Record<string, any>): object {
    const { ReplayName, EventSourceArn, Destination, EventStartTime, EventEndTime } = input;
    if (this.#replays.has(ReplayName))
      throw new AwsError('ResourceAlreadyExistsException', `Replay ${ReplayName} already exists.`);
    const archive = this.#buses.archive(({ arn }) => arn === EventSourceArn);
    const bus = this.#buses.get(Destination?.['Arn']);
    if (bus.name !== archive.busName)
      throw new AwsError(
        'ValidationException',
        'Parameter Destination.Arn is not valid. Reason: cross-bus replay is not permitted.',
      );
    if (!(EventStartTime < EventEndTime))
      throw new AwsError(
        'ValidationException',
        'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
      );
    const { clock, meter, region, accountId } = this.#ctx;
    const replay: Replay = {
      ...{ ReplayName, EventSourceArn, Destination, EventStartTime, EventEndTime, State: 'STARTING' },
      ReplayArn: `arn:aws:events:${region}:${accountId}:replay/${ReplayName}`,
      ReplayStartTime: clock.now() / 1000,
    };
    this.#replays.set(ReplayName, replay);
    const timer = clock.setTimer(0, () => {
      this.timers.delete(timer);
      try {
        for (const event of this.#buses.archives.read(archive, EventStartTime * 1000, EventEndTime * 1000)) {
          // A replayed event is billed as a custom event.
          meter.count(
            'eventbridge.customEventPerMillion64KB',
            Math.ceil(Buffer.byteLength(JSON.stringify(event)) / BILLED_CHUNK_BYTES),
          );
          this.#buses.publish(bus, { ...event, 'replay-name': ReplayName }, Destination['FilterArns']);
        }
        replay.State = 'COMPLETED';
      } catch (error) {
        replay.State = 'FAILED';
        replay.StateReason = String(error);
      }
      replay.ReplayEndTime = clock.now() / 1000;
    });
    this.timers.add(timer);
    return { ReplayArn: replay.ReplayArn, State: replay.State, ReplayStartTime: replay.ReplayStartTime };
  }

  describe(name: string): object {
    const replay = this.#replays.get(name);
    if (replay === undefined) throw new AwsError('ResourceNotFoundException', `Replay ${name} does not exist.`);
    return replay;
  }
}
