/**
 * The contract between the runtime and a driver: what a driver is given, what it reports and what it can be told to do.
 * A driver speaks one connection (a TCP host, a serial line, a broker) with every device behind it. It reports raw facts
 * and never decides: scaling, dead-bands, limits, storage and rights to command are the runtime's.
 */

/** How far a value can be trusted. `stale` is set by the runtime when nothing was heard for too long. */
export type Quality = 'good' | 'uncertain' | 'bad' | 'stale';

/** A 64-bit counter stays exact as bigint; octet strings are Uint8Array. */
export type PointValue = number | bigint | boolean | string | Uint8Array;

/** One value of one point, as the device told it: before scale and offset. */
export interface Sample {
  /** Id of the point in the configuration. */
  pointId: string;
  /** Undefined only with quality `bad`. */
  value: PointValue | undefined;
  quality: Quality;
  /** Why it is not good, in words of the protocol: `exception 2: illegal data address`, `LOCAL_FORCED`. */
  reason?: string;
  /** When the device says it happened, milliseconds since the epoch; undefined when the protocol gives none. */
  sourceTimeMs?: number;
  /** Whether the source time comes from a clock the device itself calls unsynchronised. */
  sourceTimeUncertain?: boolean;
  /** An event is reported whatever its value (no dead-band, no compaction): sequence of events, counters frozen, reports. */
  isEvent?: boolean;
}

export type LinkState = 'connecting' | 'online' | 'degraded' | 'offline';

export interface DriverSink {
  /** Samples of one answer together, in the order the device gave. Resolves when the driver may go on (back-pressure). */
  samples(samples: Sample[]): void | Promise<void>;
  /** State of the connection, or of one device behind it. */
  state(change: { deviceId?: string; state: LinkState; reason?: string }): void;
  /** Difference of a device's clock to ours, milliseconds, whenever the driver learns it. */
  clock?(reading: { deviceId: string; offsetMs: number }): void;
}

/** What a control does, in the field's words. */
export type ControlAction =
  | { kind: 'write'; value: PointValue }
  | {
      kind: 'operate';
      code: 'latch_on' | 'latch_off' | 'pulse_on' | 'pulse_off' | 'trip' | 'close';
      onMs?: number;
      offMs?: number;
      count?: number;
    };

export interface Command {
  /** Unique; a driver is never given the same one twice. */
  id: string;
  pointId: string;
  action: ControlAction;
  /** `select` must be followed by an operate of the same command before the device's select times out. */
  mode: 'direct' | 'select_before_operate';
  /** Milliseconds since the epoch; nothing is sent after it. */
  expiresAtMs: number;
}

export type CommandOutcome =
  | { status: 'executed' }
  /** The device said no: nothing happened. */
  | { status: 'refused'; reason: string; code?: string | number }
  /** It was certainly not sent, or certainly not taken. */
  | { status: 'not_sent'; reason: string }
  /** It was sent and no answer came: it may have happened. Never tried again by itself. */
  | { status: 'unknown'; reason: string };

/** Counters for health and metrics; all count since start. */
export interface DriverStatistics {
  requests: number;
  timeouts: number;
  errors: number;
  reconnects: number;
  bytesIn: number;
  bytesOut: number;
  [name: string]: number;
}

export interface Driver {
  /** Begins connecting and polling; returns at once. Errors of the line are states, not exceptions. */
  start(sink: DriverSink): void;
  /** Ends polling, lets a command under way end, closes the connection. */
  stop(): Promise<void>;
  execute(command: Command): Promise<CommandOutcome>;
  /** Reads these points now, past every schedule (read-back after a command, a question of an operator). */
  refresh(pointIds: readonly string[]): Promise<void>;
  statistics(): DriverStatistics;
}

/** Clock and timers are given, so that tests turn them. */
export interface DriverContext {
  now(): number;
  /** Monotonic milliseconds. */
  monotonicMs(): number;
  setTimer(callback: () => void, delayMs: number): { cancel(): void };
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, details?: Record<string, unknown>): void;
}

/**
 * A protocol the gateway speaks. `settings` and addresses are validated with the driver's own schema when a configuration
 * is accepted, long before anything connects.
 */
export interface DriverModule<Connection, Device, Point> {
  protocol: 'modbus' | 'dnp3' | 'iec61850' | 'mqtt' | 'http';
  /** @throws ConfigurationError naming the field */
  parse(input: {
    /**
     * The document's `settings` of the connection, with its `host` and `port` put in where it has them (a serial line has
     * none), and `authType` and `credentials` as they are in the document. Every `{ secret: 'name' }` in connection and
     * devices is replaced by the secret's text before; certificates and keys are PEM texts.
     */
    connection: unknown;
    devices: { id: string; settings: unknown }[];
    points: {
      id: string;
      deviceId: string;
      address: unknown;
      dataType: string;
      scanRateMs: number;
      writable: boolean;
    }[];
  }): DriverPlan<Connection, Device, Point>;
  create(plan: DriverPlan<Connection, Device, Point>, context: DriverContext): Driver;
}

export interface DriverPlan<Connection, Device, Point> {
  connection: Connection;
  devices: Map<string, Device>;
  points: Map<string, { deviceId: string; scanRateMs: number; writable: boolean; point: Point }>;
}
