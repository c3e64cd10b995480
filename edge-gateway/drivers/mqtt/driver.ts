/** The MQTT driver: devices that publish their values to a broker, behind the contract of the runtime. */
import type {
  Command,
  CommandOutcome,
  Driver,
  DriverContext,
  DriverSink,
  DriverStatistics,
  LinkState,
  Sample,
} from '../../runtime/driver.ts';
import { valueAt } from '../messages/json-path.ts';
import { sampleOf } from '../messages/message-point.ts';
import { WorkUnderWay } from '../work-under-way.ts';
import { BrokerLine, type BrokerMessage } from './broker-line.ts';
import { Confirmations, executeCommand } from './execute-command.ts';
import type { MqttPlan, MqttPoint } from './plan.ts';

interface DeviceState {
  state: LinkState | undefined;
  silence: { cancel(): void } | undefined;
}

export class MqttDriver implements Driver {
  readonly #plan: MqttPlan;
  readonly #context: DriverContext;
  readonly #line: BrokerLine;
  readonly #byTopic: Map<string, { id: string; deviceId: string; point: MqttPoint }[]>;
  readonly #confirmations = new Confirmations();
  readonly #devices: Map<string, DeviceState>;
  readonly #underWay = new WorkUnderWay();
  /** Reads on demand that wait for a message of a topic. */
  readonly #expected = new Map<string, Set<() => void>>();
  #sink: DriverSink | undefined;
  #state: LinkState | undefined;
  #isStopped = false;
  #errors = 0;
  #timeouts = 0;

  constructor(plan: MqttPlan, context: DriverContext) {
    this.#plan = plan;
    this.#context = context;
    const points = [...plan.points].map(([id, { deviceId, point }]) => ({ id, deviceId, point }));
    this.#byTopic = Map.groupBy(points, ({ point }) => point.topic);
    this.#devices = new Map([...plan.devices.keys()].map((id) => [id, { state: undefined, silence: undefined }]));
    const topics = new Set([
      ...this.#byTopic.keys(),
      ...[...plan.devices.values()].flatMap(({ availability }) => availability?.topic ?? []),
      ...points.flatMap(({ point }) => point.command?.confirm?.topic ?? []),
    ]);
    this.#line = new BrokerLine(plan.connection, [...topics], context, {
      connecting: () => this.#become('connecting'),
      online: () => this.#online(),
      offline: (reason) => this.#offline(reason),
      message: (message) => this.#receive(message),
    });
  }

  start(sink: DriverSink): void {
    this.#sink = sink;
    this.#line.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#underWay.ended();
    for (const { silence } of this.#devices.values()) silence?.cancel();
    await this.#line.stop();
    this.#sink = undefined;
  }

  execute(command: Command): Promise<CommandOutcome> {
    return this.#underWay.add(this.#execute(command));
  }

  async refresh(pointIds: readonly string[]): Promise<void> {
    const points = pointIds.flatMap((id) => this.#plan.points.get(id) ?? []);
    const topics = new Set(points.map(({ point }) => point.topic));
    if (topics.size === 0 || !this.#line.isOnline) return;
    const told = [...topics].map((topic) => this.#nextMessage(topic));
    for (const id of new Set(points.map(({ deviceId }) => deviceId))) {
      const { request } = this.#plan.devices.get(id)!;
      if (request) await this.#line.publish(request.topic, request.payload, 1);
    }
    await this.#line.askForRetained([...topics]).catch(() => {});
    await Promise.all(told);
  }

  statistics(): DriverStatistics {
    return { ...this.#line.statistics, timeouts: this.#timeouts, errors: this.#errors };
  }

  async #execute(command: Command): Promise<CommandOutcome> {
    const notSent = (reason: string): CommandOutcome => ({ status: 'not_sent', reason });
    const configured = this.#plan.points.get(command.pointId);
    if (!configured) return notSent(`There is no point "${command.pointId}".`);
    const settings = configured.point.command;
    if (!configured.writable || !settings) return notSent(`The point "${command.pointId}" is not writable.`);
    if (command.mode !== 'direct') return notSent('MQTT knows no select: configure the control as direct.');
    if (this.#isStopped) return notSent('The driver has stopped.');
    return executeCommand(command, settings, this.#line, this.#confirmations, this.#context);
  }

  async #receive({ topic, payload, isRetained }: BrokerMessage): Promise<void> {
    const document = parse(payload);
    if (!isRetained) this.#confirmations.told(topic, document);
    this.#judgeAvailability(topic, document);
    const points = this.#byTopic.get(topic);
    if (!points) return;
    const samples = points.flatMap(({ id, point }): Sample[] => {
      const isText = typeof document === 'string' && point.message.path !== undefined;
      if (isText) return [{ pointId: id, value: undefined, quality: 'bad', reason: 'the message is no JSON' }];
      const sample = sampleOf(id, point.message, point.message.path ? document : plain(document, payload));
      return sample ? [isRetained ? aged(sample) : sample] : [];
    });
    if (samples.some(({ quality }) => quality === 'bad')) this.#errors += 1;
    for (const deviceId of new Set(points.map((point) => point.deviceId))) this.#heard(deviceId, isRetained);
    for (const done of this.#expected.get(topic) ?? []) done();
    if (samples.length > 0 && !this.#isStopped) await this.#sink?.samples(samples);
  }

  #judgeAvailability(topic: string, document: unknown): void {
    for (const [id, { availability }] of this.#plan.devices) {
      if (availability?.topic !== topic) continue;
      const word = availability.path ? valueAt(document, availability.path) : document;
      if (availability.online.has(word)) this.#becomeDevice(id, 'online');
      else this.#becomeDevice(id, 'offline', `the device, or its last will, says ${JSON.stringify(word) ?? 'nothing'}`);
    }
  }

  /** A device with a word on its availability is believed; of others every message of their own tells. */
  #heard(id: string, isRetained: boolean): void {
    const { availability, offlineAfterMs } = this.#plan.devices.get(id)!;
    const device = this.#devices.get(id)!;
    if (isRetained || this.#isStopped) return;
    if (!availability) this.#becomeDevice(id, 'online');
    if (offlineAfterMs === 0) return;
    device.silence?.cancel();
    device.silence = this.#context.setTimer(
      () => this.#becomeDevice(id, 'offline', `silent for ${offlineAfterMs} ms`),
      offlineAfterMs,
    );
  }

  #nextMessage(topic: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#expected.get(topic) ?? new Set();
      this.#expected.set(topic, waiting);
      const finish = (): void => {
        waiting.delete(finish);
        timer.cancel();
        resolve();
      };
      const timer = this.#context.setTimer(() => {
        this.#timeouts += 1;
        finish();
      }, this.#plan.connection.refreshTimeoutMs);
      waiting.add(finish);
    });
  }

  #online(): void {
    this.#become('online');
  }

  #offline(reason: string): void {
    this.#become('offline', reason);
    for (const [id, device] of this.#devices) {
      device.silence?.cancel();
      this.#becomeDevice(id, 'offline', reason);
    }
  }

  #become(state: LinkState, reason?: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#sink?.state({ state, ...(reason !== undefined && { reason }) });
  }

  #becomeDevice(deviceId: string, state: LinkState, reason?: string): void {
    const device = this.#devices.get(deviceId)!;
    if (device.state === state || this.#isStopped) return;
    device.state = state;
    this.#sink?.state({ deviceId, state, ...(reason !== undefined && { reason }) });
  }
}

/** JSON where it is JSON, its text where it is not. */
function parse(payload: Buffer): unknown {
  const text = payload.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value that is the whole message: `00123` is a text where a text is wanted. */
const plain = (document: unknown, payload: Buffer): unknown =>
  typeof document === 'number' ? payload.toString('utf8').trim() : document;

/** What the broker kept may be of last year, unless the device said when. */
const aged = (sample: Sample): Sample =>
  sample.sourceTimeMs === undefined && sample.quality === 'good'
    ? { ...sample, quality: 'uncertain', reason: 'kept by the broker; its age is not known' }
    : sample;
