/** The Modbus driver: one line, the devices behind it, and their points, behind the contract of the runtime. */
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
import { ScanSchedule } from '../polling/scan-schedule.ts';
import { WorkUnderWay } from '../work-under-way.ts';
import { DeviceSession, type SessionHost } from './device-session.ts';
import { executeCommand } from './execute-command.ts';
import { LineScheduler } from './line-scheduler.ts';
import { framingOf, ModbusLine } from './modbus-line.ts';
import type { ModbusPoint } from './point.ts';
import type { ModbusConnection, ModbusDevice } from './settings.ts';

export type ModbusPlan = DriverPlan<ModbusConnection, ModbusDevice, ModbusPoint>;

/** Time-outs in a row, of any device, after which a TCP line is opened anew. */
const silencesThatEndALine = 5;

export class ModbusDriver implements Driver {
  readonly #plan: ModbusPlan;
  readonly #context: DriverContext;
  readonly #line: ModbusLine;
  readonly #sessions = new Map<string, DeviceSession>();
  readonly #schedule: ScanSchedule;
  readonly #underWay = new WorkUnderWay();
  #sink: DriverSink | undefined;
  #isStopped = false;
  #silences = 0;
  #state: LinkState | undefined;

  constructor(plan: ModbusPlan, context: DriverContext) {
    this.#plan = plan;
    this.#context = context;
    this.#line = new ModbusLine(plan.connection, context, {
      connecting: () => this.#become('connecting'),
      online: () => this.#online(),
      offline: (reason) => this.#offline(reason),
    });
    const isPipelined = framingOf(plan.connection) === 'tcp' && !plan.connection.serial;
    const scheduler = new LineScheduler(isPipelined ? plan.connection.maxInFlight : 1);
    const host: SessionHost = {
      context,
      connection: plan.connection,
      scheduler,
      client: () => this.#line.client,
      emit: (samples) => this.#emit(samples),
      state: (change) => this.#sink?.state(change),
      answered: () => {
        this.#silences = 0;
      },
      silent: () => this.#silent(),
    };
    const pointsOf = Map.groupBy(plan.points, ([, { deviceId }]) => deviceId);
    for (const [id, device] of plan.devices) {
      this.#sessions.set(id, new DeviceSession(id, device, new Map(pointsOf.get(id)), host));
    }
    this.#schedule = new ScanSchedule(
      [...this.#sessions.values()].flatMap((session) => session.groups()),
      context,
    );
  }

  start(sink: DriverSink): void {
    this.#sink = sink;
    this.#line.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#schedule.stop();
    await this.#underWay.ended();
    await this.#line.stop();
    this.#sink = undefined;
  }

  execute(command: Command): Promise<CommandOutcome> {
    return this.#underWay.add(this.#execute(command));
  }

  async refresh(pointIds: readonly string[]): Promise<void> {
    if (this.#isStopped) return;
    const byDevice = Map.groupBy(pointIds, (id) => this.#plan.points.get(id)?.deviceId);
    const reads = [...byDevice].flatMap(([deviceId, ids]) => this.#sessions.get(deviceId ?? '')?.refresh(ids) ?? []);
    await Promise.all(reads);
  }

  statistics(): DriverStatistics {
    const counted = this.#line.statistics();
    const sessions = [...this.#sessions.values()];
    return {
      requests: counted?.requests ?? 0,
      timeouts: counted?.timeouts ?? 0,
      errors: (counted?.exceptions ?? 0) + sessions.reduce((sum, { frameErrors }) => sum + frameErrors, 0),
      reconnects: this.#line.reconnects,
      bytesIn: counted?.bytesIn ?? 0,
      bytesOut: counted?.bytesOut ?? 0,
      strayAnswers: counted?.strayAnswers ?? 0,
      crcErrors: counted?.crcErrors ?? 0,
      cycles: this.#schedule.cycles,
      missedCycles: this.#schedule.missedCycles,
      badAddresses: sessions.reduce((sum, { badAddresses }) => sum + badAddresses, 0),
    };
  }

  async #execute(command: Command): Promise<CommandOutcome> {
    const notSent = (reason: string): CommandOutcome => ({ status: 'not_sent', reason });
    const configured = this.#plan.points.get(command.pointId);
    if (!configured) return notSent(`There is no point "${command.pointId}".`);
    if (!configured.writable) return notSent(`The point "${command.pointId}" is not writable.`);
    if (command.mode !== 'direct') return notSent('Modbus knows no select: configure the control as direct.');
    if (this.#isStopped) return notSent('The driver has stopped.');
    const client = this.#line.client;
    if (!client) return notSent('The line is down.');
    const session = this.#sessions.get(configured.deviceId)!;
    const point = session.placed(command.pointId);
    if (!point) return notSent('The device’s map has not been found yet.');
    return executeCommand(command, point, session.device, client, this.#context);
  }

  #emit(samples: Sample[]): void | Promise<void> {
    if (this.#isStopped || samples.length === 0) return;
    return this.#sink?.samples(samples);
  }

  /** Told once, however often an attempt to connect fails. */
  #become(state: LinkState, reason?: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#sink?.state({ state, ...(reason !== undefined && { reason }) });
  }

  #online(): void {
    this.#silences = 0;
    this.#become('online');
    this.#schedule.start();
  }

  #offline(reason: string): void {
    this.#schedule.stop();
    this.#become('offline', reason);
    for (const session of this.#sessions.values()) session.lineLost(reason);
  }

  #silent(): void {
    this.#silences += 1;
    if (this.#silences < silencesThatEndALine || this.#plan.connection.serial) return;
    this.#silences = 0;
    this.#line.reopen(`nobody behind the line answered ${silencesThatEndALine} times in a row`);
  }
}
