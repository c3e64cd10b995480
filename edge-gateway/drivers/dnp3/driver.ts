/** The DNP3 driver: one line, the outstations behind it, and their points, behind the contract of the runtime. */
import {
  type CommandResult,
  classHeaders,
  type IndicationName,
  MasterChannel,
  type Measurement,
  type PollSettings,
  type RemoteOutstation,
  type StationState,
} from '../../protocols/dnp3/index.ts';
import { openChannel } from '../../protocols/transport/byte-channel.ts';
import type {
  Command,
  CommandOutcome,
  Driver,
  DriverContext,
  DriverPlan,
  DriverSink,
  DriverStatistics,
  LinkState,
  Sample,
} from '../../runtime/driver.ts';
import { outcomeOf, outputCommand } from './command.ts';
import { lineSettings } from './line-settings.ts';
import type { Dnp3Point } from './point.ts';
import { readsFor, scansFor } from './reads.ts';
import { sampleOf } from './sample.ts';
import type { Dnp3Connection, Dnp3Device } from './settings.ts';

export type Dnp3Plan = DriverPlan<Dnp3Connection, Dnp3Device, Dnp3Point>;

interface Station {
  remote: RemoteOutstation;
  /** Several points of the station may show the same point of the device. */
  byPlace: Map<string, { id: string; point: Dnp3Point }[]>;
  /** What the outstation last said is wrong with it. */
  troubles: string;
}

const troubling: ReadonlySet<IndicationName> = new Set([
  'deviceTrouble',
  'configurationCorrupt',
  'eventBufferOverflow',
]);

const placeOf = ({ kind, index }: { kind: string; index: number }): string => `${kind}:${index}`;

export class Dnp3Driver implements Driver {
  readonly #plan: Dnp3Plan;
  readonly #context: DriverContext;
  readonly #channel: MasterChannel;
  readonly #stations = new Map<string, Station>();
  readonly #clockChecks = new Set<{ cancel(): void }>();
  #sink: DriverSink | undefined;
  #state: LinkState | undefined;
  #isStopped = false;
  #opened = 0;

  constructor(plan: Dnp3Plan, context: DriverContext) {
    this.#plan = plan;
    this.#context = context;
    const { reconnectMinMs, reconnectMaxMs } = plan.connection;
    this.#channel = new MasterChannel({
      connect: () => openChannel(lineSettings(plan.connection)),
      reconnectMinMs,
      reconnectMaxMs,
      clock: context,
      onLine: (state, reason) => this.#lineIs(state, reason),
    });
    for (const [id, device] of plan.devices) this.#stations.set(id, this.#addStation(id, device));
  }

  start(sink: DriverSink): void {
    this.#sink = sink;
    this.#channel.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#clockChecks) timer.cancel();
    await this.#channel.stop();
    this.#sink = undefined;
  }

  async execute(command: Command): Promise<CommandOutcome> {
    const notSent = (reason: string): CommandOutcome => ({ status: 'not_sent', reason });
    const configured = this.#plan.points.get(command.pointId);
    if (!configured) return notSent(`There is no point "${command.pointId}".`);
    if (!configured.writable) return notSent(`The point "${command.pointId}" is not writable.`);
    if (this.#isStopped) return notSent('The driver has stopped.');
    const output = outputCommand(command.action, configured.point);
    if ('refusal' in output) return notSent(output.refusal);
    const mode = command.mode === 'direct' ? 'direct_operate' : 'select_before_operate';
    const { remote } = this.#stations.get(configured.deviceId)!;
    let results: CommandResult[];
    try {
      results = await remote.operate([output], { mode, expiresAtMs: command.expiresAtMs });
    } catch (error) {
      // Nothing left: the command cannot be written as DNP3, e.g. a value its type does not hold.
      return notSent(error instanceof Error ? error.message : String(error));
    }
    return outcomeOf(results[0]!);
  }

  async refresh(pointIds: readonly string[]): Promise<void> {
    const points = pointIds.flatMap((id) => this.#plan.points.get(id) ?? []);
    const byDevice = Map.groupBy(points, ({ deviceId }) => deviceId);
    // Events first, as in an integrity poll: a present value carries no time, and would hide when it came to be.
    const events = classHeaders([1, 2, 3]);
    const reads = [...byDevice].map(([deviceId, members]) =>
      this.#stations
        .get(deviceId)!
        .remote.read([...events, ...readsFor(members.map(({ point }) => point))])
        .catch((error: Error) => this.#context.log('warn', 'refresh failed', { deviceId, reason: error.message })),
    );
    await Promise.all(reads);
  }

  statistics(): DriverStatistics {
    const stations = [...this.#stations.values()].map(({ remote }) => remote.statistics);
    const sum = (pick: (statistics: (typeof stations)[number]) => number): number =>
      stations.reduce((total, statistics) => total + pick(statistics), 0);
    const { octetsReceived, octetsSent, line } = this.#channel.statistics;
    return {
      requests: sum(({ requests }) => requests),
      timeouts: sum(({ timeouts }) => timeouts),
      errors: sum(({ malformed }) => malformed) + (line?.bodyCrcErrors ?? 0) + (line?.headerCrcErrors ?? 0),
      reconnects: Math.max(0, this.#opened - 1),
      bytesIn: octetsReceived,
      bytesOut: octetsSent,
      unexpectedResponses: sum(({ unexpectedResponses }) => unexpectedResponses),
      repeatedUnsolicited: sum(({ repeatedUnsolicited }) => repeatedUnsolicited),
      duplicateEvents: sum(({ duplicateEvents }) => duplicateEvents),
    };
  }

  #addStation(deviceId: string, device: Dnp3Device): Station {
    const points = [...this.#plan.points].filter(([, configured]) => configured.deviceId === deviceId);
    const byPlace: Station['byPlace'] = Map.groupBy(
      points.map(([id, { point }]) => ({ id, point })),
      ({ point }) => placeOf(point),
    );
    const { outstationAddress, timeSync, eventPollMs, integrityPollMs, clockCheckMs, ...settings } = device;
    const { masterAddress, serial } = this.#plan.connection;
    const shortestMs = points.reduce(
      (least, [, { scanRateMs }]) => Math.min(least, scanRateMs),
      Number.POSITIVE_INFINITY,
    );
    const polls: PollSettings[] = scansFor(points.map(([, configured]) => configured));
    const eventPeriodMs = eventPollMs ?? (Number.isFinite(shortestMs) ? shortestMs : 0);
    if (eventPeriodMs > 0) polls.push({ name: 'events', read: classHeaders([1, 2, 3]), periodMs: eventPeriodMs });
    if (integrityPollMs > 0)
      polls.push({ name: 'integrity', read: classHeaders([1, 2, 3, 0]), periodMs: integrityPollMs });
    const remote = this.#channel.addOutstation(
      {
        ...settings,
        address: outstationAddress,
        masterAddress,
        timeSync: timeSync ?? (serial ? 'non_lan' : 'lan'),
        polls,
      },
      {
        measurements: (measurements) => this.#report(measurements, byPlace),
        state: (state, reason) => this.#stationIs(deviceId, clockCheckMs, state, reason),
        indications: (_, names) => this.#stationSays(deviceId, names),
        problem: (message) => this.#context.log('warn', message, { deviceId }),
      },
    );
    return { remote, byPlace, troubles: '' };
  }

  #report(measurements: readonly Measurement[], byPlace: Station['byPlace']): void | Promise<void> {
    const samples: Sample[] = [];
    for (const measurement of measurements)
      for (const { id, point } of byPlace.get(placeOf(measurement)) ?? [])
        samples.push(sampleOf(id, measurement, point));
    if (samples.length === 0 || this.#isStopped) return;
    return this.#sink?.samples(samples);
  }

  #lineIs(state: 'connecting' | 'open' | 'closed', reason?: string): void {
    if (state === 'open') this.#opened += 1;
    // Attempts while offline are not news.
    if (state === 'connecting' && this.#state === 'offline') return;
    const next: LinkState = state === 'open' ? 'online' : state === 'closed' ? 'offline' : 'connecting';
    if (this.#state === next) return;
    this.#state = next;
    this.#sink?.state({ state: next, ...(reason !== undefined && { reason }) });
  }

  /** An outstation that answers, but says of itself that something is wrong. */
  #stationSays(deviceId: string, names: readonly IndicationName[]): void {
    const station = this.#stations.get(deviceId)!;
    const troubles = names.filter((name) => troubling.has(name)).join(', ');
    if (station.troubles === troubles) return;
    station.troubles = troubles;
    if (station.remote.state === 'online') this.#tellOnline(deviceId, station);
  }

  #tellOnline(deviceId: string, { troubles }: Station): void {
    this.#sink?.state(troubles ? { deviceId, state: 'degraded', reason: troubles } : { deviceId, state: 'online' });
  }

  #stationIs(deviceId: string, clockCheckMs: number, state: StationState, reason?: string): void {
    if (state === 'online') this.#tellOnline(deviceId, this.#stations.get(deviceId)!);
    else this.#sink?.state({ deviceId, state, ...(reason !== undefined && { reason }) });
    if (state === 'online' && clockCheckMs > 0) this.#checkClock(deviceId, clockCheckMs);
  }

  #checkClock(deviceId: string, everyMs: number): void {
    const { remote } = this.#stations.get(deviceId)!;
    remote.readClockOffset().then(
      (offsetMs) => {
        this.#sink?.clock?.({ deviceId, offsetMs });
        if (this.#isStopped) return;
        const timer = this.#context.setTimer(() => {
          this.#clockChecks.delete(timer);
          if (remote.state === 'online') this.#checkClock(deviceId, everyMs);
        }, everyMs);
        this.#clockChecks.add(timer);
      },
      // Not every outstation lets its clock be read; it is asked again when it comes online the next time.
      (error: Error) => this.#context.log('info', 'the clock cannot be read', { deviceId, reason: error.message }),
    );
  }
}
