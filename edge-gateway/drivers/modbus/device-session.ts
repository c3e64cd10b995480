/** One device behind the line: its points in groups by rate, what was learnt about it, and whether it answers. */
import {
  type ModbusClient,
  ModbusExceptionError,
  ModbusFrameError,
  ModbusLineError,
  ModbusTimeoutError,
} from '../../protocols/modbus/index.ts';
import type { DriverContext, LinkState, Sample } from '../../runtime/driver.ts';
import { UnitHealth } from '../polling/unit-health.ts';
import { isModelAddress } from './address.ts';
import { AddressKnowledge } from './address-knowledge.ts';
import { type Batch, batchOf, planBatches, sortPoints } from './batch-planner.ts';
import { BatchTuner } from './batch-tuner.ts';
import { type SampleDecoder, sampleDecoderOf } from './decode-batch.ts';
import { GroupPlan, locatePoint } from './group-plan.ts';
import type { LineScheduler } from './line-scheduler.ts';
import type { ModbusPoint, PlacedPoint } from './point.ts';
import { type BatchReader, readBatch } from './read-batch.ts';
import type { ModbusConnection, ModbusDevice } from './settings.ts';
import { discoverModels, type SunspecModel } from './sunspec-discovery.ts';

/** What a device needs from the driver around it. */
export interface SessionHost {
  context: DriverContext;
  connection: ModbusConnection;
  scheduler: LineScheduler;
  client(): ModbusClient | undefined;
  emit(samples: Sample[]): void | Promise<void>;
  state(change: { deviceId: string; state: LinkState; reason?: string }): void;
  /** Every answer and every silence, for the line to judge itself by. */
  answered(): void;
  silent(): void;
}

/** Exceptions of a gateway that speak of the device behind it (section 7): as good as a time-out. */
const gatewayExceptions = new Set([10, 11]);

export class DeviceSession {
  readonly id: string;
  readonly device: ModbusDevice;
  readonly #host: SessionHost;
  readonly #points: ReadonlyMap<string, { point: ModbusPoint; scanRateMs: number }>;
  readonly #placed = new Map<string, PlacedPoint>();
  readonly #decoders = new Map<string, SampleDecoder>();
  readonly #knowledge: AddressKnowledge;
  readonly #tuner: BatchTuner;
  readonly #health: UnitHealth;
  /** SunSpec: some points have no address before the device’s map is known. */
  readonly #needsModels: boolean;
  #discovered = false;
  #models: readonly SunspecModel[] = [];
  frameErrors = 0;

  constructor(
    id: string,
    device: ModbusDevice,
    points: ReadonlyMap<string, { point: ModbusPoint; scanRateMs: number }>,
    host: SessionHost,
  ) {
    this.id = id;
    this.device = device;
    this.#host = host;
    this.#points = points;
    this.#knowledge = new AddressKnowledge(device.badAddressRetryMs);
    this.#tuner = new BatchTuner(device.maxRegisters, device.maxGap);
    this.#health = new UnitHealth(host.connection);
    this.#needsModels = [...points.values()].some(({ point }) => isModelAddress(point.address));
    this.#place(undefined);
  }

  get badAddresses(): number {
    return this.#knowledge.badCount;
  }

  get batchSize(): number {
    return this.#tuner.size;
  }

  placed(pointId: string): PlacedPoint | undefined {
    return this.#placed.get(pointId);
  }

  /** One group for each rate. */
  groups(): { scanRateMs: number; read(): Promise<void> }[] {
    const rates = new Map<number, string[]>();
    for (const [id, { scanRateMs, point }] of this.#points) {
      if (!point.address.isWriteOnly) rates.set(scanRateMs, [...(rates.get(scanRateMs) ?? []), id]);
    }
    // The device is measured by one group alone: what a register costs differs with how densely a group is read.
    const mostPoints = Math.max(...[...rates.values()].map(({ length }) => length));
    let isMeasured = true;
    return [...rates].map(([scanRateMs, ids]) => {
      const group = new GroupPlan(ids, isMeasured && ids.length === mostPoints);
      if (group.isMeasured) isMeasured = false;
      return { scanRateMs, read: () => this.#readGroup(group, scanRateMs) };
    });
  }

  lineLost(reason: string): void {
    // A device that was exchanged while the line was down may have another map.
    this.#discovered = false;
    if (this.#health.lineLost()) this.#host.state({ deviceId: this.id, state: 'offline', reason });
  }

  /** Reads these points now; they need not answer. */
  async refresh(pointIds: readonly string[]): Promise<void> {
    const client = this.#host.client();
    if (!client || !(await this.#prepare(client))) return;
    const readable = pointIds.filter((id) => !this.#points.get(id)?.point.address.isWriteOnly);
    const points = sortPoints(readable.flatMap((id) => this.#placed.get(id) ?? []));
    for (const batch of this.#plan(points, () => false)) {
      if (!(await this.#read(this.#reader(client, true), batch))) return;
    }
  }

  async #readGroup(group: GroupPlan, scanRateMs: number): Promise<void> {
    const { context, scheduler } = this.#host;
    const client = this.#host.client();
    const mode = this.#health.mode(context.monotonicMs());
    if (!client || mode === 'wait') return;
    if (this.#needsModels && !this.#discovered) {
      let isReady = false;
      await scheduler.run(this.id, async () => {
        isReady = await this.#prepare(client);
      });
      if (!isReady) return;
    }
    const batches = this.#batchesOf(group);
    const reader = this.#reader(client, false);
    const run = (batch: Batch): Promise<void> =>
      scheduler.run(this.id, async () => {
        // What failed since this was queued stands for the rest of the device.
        if (this.#host.client() !== client || this.#health.mode(context.monotonicMs()) === 'wait') return;
        await this.#read(reader, batch);
      });
    const [first, ...rest] = batches;
    if (!first) return;
    if (mode === 'probe') {
      await run(first);
      if (this.#health.state === 'online') await Promise.all(rest.map(run));
      return;
    }
    await Promise.all(batches.map(run));
    if (this.#health.state !== 'online' || !group.isMeasured) return;
    const registers = group.wanted(this.#placed);
    this.#tuner.recordCycle(registers, reader.spentMs, reader.spentMs / scanRateMs / this.#host.scheduler.capacity);
  }

  #batchesOf(group: GroupPlan): Batch[] {
    const version = `${this.#tuner.version}.${this.#knowledge.version}`;
    if (group.version !== version) {
      group.points = sortPoints(group.ids.flatMap((id) => this.#placed.get(id) ?? []));
      group.batches = this.#plan(group.points, (point) => this.#knowledge.isBad(point));
      group.version = version;
    }
    const retry = this.#knowledge.nextRetry(group.points, this.#host.context.monotonicMs());
    return retry ? [...group.batches, batchOf([retry])] : group.batches;
  }

  #plan(points: readonly PlacedPoint[], isBad: (point: PlacedPoint) => boolean): Batch[] {
    const { maxBits } = this.device;
    const { size, gap } = this.#tuner;
    const isBarrier = this.#knowledge.isBarrier.bind(this.#knowledge);
    return planBatches(points, { maxRegisters: size, maxBits, gap, isBad, isBarrier });
  }

  #reader(client: ModbusClient, isUrgent: boolean): BatchReader {
    return {
      client,
      unitId: this.device.unitId,
      context: this.#host.context,
      knowledge: this.#knowledge,
      tuner: this.#tuner,
      decoderOf: (id) => this.#decoders.get(id)!,
      isUrgent,
      emit: (samples) => this.#host.emit(samples),
      spentMs: 0,
    };
  }

  /** @returns whether the device answered */
  async #read(reader: BatchReader, batch: Batch): Promise<boolean> {
    try {
      await readBatch(reader, batch);
    } catch (error) {
      return this.#failed(error, batch);
    }
    this.heard();
    return true;
  }

  heard(): void {
    this.#host.answered();
    if (this.#health.succeeded()) this.#host.state({ deviceId: this.id, state: 'online' });
  }

  async #failed(error: unknown, batch: Batch | undefined): Promise<boolean> {
    const { context, silent, emit } = this.#host;
    const reason = (error as Error).message;
    const isException = error instanceof ModbusExceptionError;
    if (isException && !gatewayExceptions.has(error.exceptionCode)) {
      this.heard();
      // Busy passes; anything else is a fault of the device that its values do not survive.
      const isBusy = error.exceptionCode === 5 || error.exceptionCode === 6;
      if (!isBusy && batch)
        await emit(batch.points.map(({ id }) => ({ pointId: id, value: undefined, quality: 'bad', reason })));
      return true;
    }
    if (error instanceof ModbusFrameError) this.frameErrors += 1;
    else if (!isException && !(error instanceof ModbusTimeoutError)) {
      if (!(error instanceof ModbusLineError)) context.log('error', `${this.id}: ${reason}`, { error });
      return false;
    }
    if (error instanceof ModbusTimeoutError) silent();
    if (this.#health.failed(context.monotonicMs())) {
      this.#host.state({ deviceId: this.id, state: this.#health.state, reason });
    }
    return false;
  }

  /** SunSpec: finds the models before their points can be read. */
  async #prepare(client: ModbusClient): Promise<boolean> {
    if (this.#discovered || !this.#needsModels) return true;
    try {
      this.#models = await discoverModels(client, this.device.unitId, this.device.sunspecBases);
    } catch (error) {
      if (error instanceof ModbusTimeoutError || error instanceof ModbusFrameError)
        await this.#failed(error, undefined);
      else if ((error as Error).name === 'Error') await this.#noModels((error as Error).message);
      return false;
    }
    this.#discovered = true;
    await this.#place(this.#models);
    this.#knowledge.version += 1;
    return true;
  }

  async #noModels(reason: string): Promise<void> {
    this.heard();
    const ids = [...this.#points].filter(([, { point }]) => isModelAddress(point.address)).map(([id]) => id);
    await this.#host.emit(ids.map((pointId) => ({ pointId, value: undefined, quality: 'bad', reason })));
  }

  /** Gives points their addresses; those of models only once the models are known. */
  #place(models: readonly SunspecModel[] | undefined): void | Promise<void> {
    const missing: Sample[] = [];
    for (const [id, { point }] of this.#points) {
      const found = locatePoint(id, point, models);
      if (found === undefined) continue;
      if (typeof found === 'string') {
        this.#placed.delete(id);
        missing.push({ pointId: id, value: undefined, quality: 'bad', reason: found });
        continue;
      }
      this.#placed.set(id, found);
      this.#decoders.set(id, sampleDecoderOf(found));
    }
    if (missing.length > 0) return this.#host.emit(missing);
  }
}
