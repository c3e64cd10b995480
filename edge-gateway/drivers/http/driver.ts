/** The HTTP driver: devices that are asked for documents, behind the contract of the runtime. */
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
import { UnitHealth } from '../polling/unit-health.ts';
import { WorkUnderWay } from '../work-under-way.ts';
import { executeCommand } from './execute-command.ts';
import { HttpClient, HttpLineError } from './http-client.ts';
import { type HttpPoint, HttpStatusError, ResourceReader } from './resource-reader.ts';
import type { HttpCommand, HttpConnection, HttpDevice } from './settings.ts';

export interface HttpPlanPoint extends HttpPoint {
  command: HttpCommand | undefined;
}
export type HttpPlan = DriverPlan<HttpConnection, HttpDevice, HttpPlanPoint>;

interface Device {
  id: string;
  health: UnitHealth;
}

export class HttpDriver implements Driver {
  readonly #plan: HttpPlan;
  readonly #context: DriverContext;
  readonly #client: HttpClient;
  readonly #schedule: ScanSchedule;
  readonly #devices: Map<string, Device>;
  readonly #underWay = new WorkUnderWay();
  #sink: DriverSink | undefined;
  #state: LinkState | undefined;
  #isStopped = false;
  #errors = 0;

  constructor(plan: HttpPlan, context: DriverContext) {
    this.#plan = plan;
    this.#context = context;
    this.#client = new HttpClient(plan.connection, context);
    this.#devices = new Map(
      [...plan.devices.keys()].map((id) => [id, { id, health: new UnitHealth(plan.connection) }]),
    );
    const groups = Map.groupBy(plan.points, ([, { deviceId, scanRateMs, point }]) =>
      JSON.stringify([deviceId, scanRateMs, point.resource]),
    );
    this.#schedule = new ScanSchedule(
      [...groups.values()].map((points) => {
        const [, { deviceId, scanRateMs, point }] = points[0]!;
        const reader = new ResourceReader(
          point.resource,
          points.map(([id, configured]) => [id, configured.point]),
        );
        return { scanRateMs, read: () => this.#poll(this.#devices.get(deviceId)!, reader) };
      }),
      context,
    );
  }

  start(sink: DriverSink): void {
    this.#sink = sink;
    this.#become('connecting');
    this.#schedule.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#schedule.stop();
    await this.#underWay.ended();
    this.#client.close();
    this.#sink = undefined;
  }

  execute(command: Command): Promise<CommandOutcome> {
    return this.#underWay.add(this.#execute(command));
  }

  async refresh(pointIds: readonly string[]): Promise<void> {
    if (this.#isStopped) return;
    const known = pointIds.flatMap((id) => {
      const configured = this.#plan.points.get(id);
      return configured ? [[id, configured] as const] : [];
    });
    const groups = Map.groupBy(known, ([, { deviceId, point }]) => JSON.stringify([deviceId, point.resource]));
    await Promise.all(
      [...groups.values()].map((points) => {
        const { deviceId, point } = points[0]![1];
        const reader = new ResourceReader(
          point.resource,
          points.map(([id, configured]) => [id, configured.point]),
        );
        return this.#read(this.#devices.get(deviceId)!, reader);
      }),
    );
  }

  statistics(): DriverStatistics {
    return {
      ...this.#client.statistics,
      errors: this.#errors,
      reconnects: 0,
      cycles: this.#schedule.cycles,
      missedCycles: this.#schedule.missedCycles,
    };
  }

  async #execute(command: Command): Promise<CommandOutcome> {
    const notSent = (reason: string): CommandOutcome => ({ status: 'not_sent', reason });
    const configured = this.#plan.points.get(command.pointId);
    if (!configured) return notSent(`There is no point "${command.pointId}".`);
    if (!configured.writable || !configured.point.command)
      return notSent(`The point "${command.pointId}" is not writable.`);
    if (command.mode !== 'direct') return notSent('HTTP knows no select: configure the control as direct.');
    if (this.#isStopped) return notSent('The driver has stopped.');
    return executeCommand(command, configured.point.command, this.#client, this.#context);
  }

  async #poll(device: Device, reader: ResourceReader): Promise<void> {
    if (device.health.mode(this.#context.monotonicMs()) === 'wait') return;
    await this.#read(device, reader);
  }

  async #read(device: Device, reader: ResourceReader): Promise<void> {
    try {
      const samples = await reader.read(this.#client);
      this.#heard(device);
      await this.#emit(samples);
    } catch (error) {
      await this.#failed(device, reader, error as Error);
    }
  }

  async #failed(device: Device, reader: ResourceReader, error: Error): Promise<void> {
    if (this.#isStopped) return;
    this.#errors += 1;
    const { message: reason } = error;
    if (error instanceof HttpStatusError) {
      // It answers, but has nothing to tell: the values are bad, the device is there.
      this.#heard(device);
      await this.#emit(reader.allBad(reason));
      return;
    }
    if (!(error instanceof HttpLineError)) this.#context.log('error', `${device.id}: ${reason}`, { error });
    if (device.health.failed(this.#context.monotonicMs())) {
      this.#sink?.state({ deviceId: device.id, state: device.health.state, reason });
    }
    if ([...this.#devices.values()].every(({ health }) => health.state === 'offline')) this.#become('offline', reason);
  }

  #heard(device: Device): void {
    if (this.#isStopped) return;
    this.#become('online');
    if (device.health.succeeded()) this.#sink?.state({ deviceId: device.id, state: 'online' });
  }

  #become(state: LinkState, reason?: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#sink?.state({ state, ...(reason !== undefined && { reason }) });
  }

  #emit(samples: Sample[]): void | Promise<void> {
    if (this.#isStopped || samples.length === 0) return;
    return this.#sink?.samples(samples);
  }
}
