/** The IEC 61850 driver: one server, kept connected; its points told by reports where they can be and read where not. */
import type { ResumePoint } from '../../protocols/iec61850/acsi/resume-point.ts';
import { NoAnswerError } from '../../protocols/iec61850/errors.ts';
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
import type { IecPoint } from './address.ts';
import { executeCommand, notSent } from './execute-command.ts';
import { Reporting } from './reporting.ts';
import { Session } from './session.ts';
import type { IecConnection, IecDevice } from './settings.ts';

export type IecPlan = DriverPlan<IecConnection, IecDevice, IecPoint>;

export class IecDriver implements Driver {
  readonly #plan: IecPlan;
  readonly #context: DriverContext;
  /** How far the reports of each block were handled, beyond the association. */
  readonly #resume = new Map<string, ResumePoint>();
  readonly #underWay = new WorkUnderWay();
  #sink: DriverSink | undefined;
  #session: Session | undefined;
  #schedule: ScanSchedule | undefined;
  #reporting: Reporting | undefined;
  #connecting: Promise<void> | undefined;
  #retryTimer: { cancel(): void } | undefined;
  #retryMs = 0;
  #keepAliveTimer: { cancel(): void } | undefined;
  #openedAtMs: number | undefined;
  #states = new Map<string | undefined, LinkState>();
  #isStopped = false;
  readonly #counts = { requests: 0, timeouts: 0, errors: 0, reconnects: -1, bytesIn: 0, bytesOut: 0, reports: 0 };

  constructor(plan: IecPlan, context: DriverContext) {
    this.#plan = plan;
    this.#context = context;
  }

  start(sink: DriverSink): void {
    this.#sink = sink;
    this.#become(undefined, 'connecting');
    this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retryTimer?.cancel();
    this.#keepAliveTimer?.cancel();
    this.#reporting?.stop();
    this.#schedule?.stop();
    await this.#underWay.ended();
    await this.#connecting;
    await this.#session?.close();
    this.#sink = undefined;
  }

  execute(command: Command): Promise<CommandOutcome> {
    return this.#underWay.add(this.#execute(command));
  }

  async refresh(pointIds: readonly string[]): Promise<void> {
    await this.#read(pointIds.filter((id) => this.#plan.points.has(id)));
  }

  statistics(): DriverStatistics {
    const own = this.#session?.client.mms.statistics();
    const { requests, timeouts, bytesIn, bytesOut } = this.#counts;
    return {
      ...this.#counts,
      reconnects: Math.max(0, this.#counts.reconnects),
      requests: requests + (own?.requests ?? 0),
      timeouts: timeouts + (own?.timeouts ?? 0),
      bytesIn: bytesIn + (own?.bytesIn ?? 0),
      bytesOut: bytesOut + (own?.bytesOut ?? 0),
    };
  }

  #connect(): void {
    this.#retryTimer = undefined;
    this.#connecting = this.#open()
      .catch((error: Error) => {
        this.#counts.errors++;
        // What ended a session while it was set up was told already.
        if (!this.#retryTimer) this.#lost(error.message);
      })
      .finally(() => {
        this.#connecting = undefined;
      });
  }

  async #open(): Promise<void> {
    const session = await Session.open(this.#plan.connection, this.#plan.points, this.#context);
    if (this.#isStopped) return session.client.abort();
    this.#session = session;
    this.#openedAtMs = this.#context.monotonicMs();
    this.#counts.reconnects++;
    session.client.onEnd(({ kind, error }) => this.#ended(session, error?.message ?? kind));
    const reporting = new Reporting(
      session,
      this.#plan,
      this.#resume,
      {
        samples: (samples) => this.#report(samples),
        trouble: (reason) => this.#trouble(reason),
        changed: () => this.#settle(session, reporting),
      },
      this.#context,
    );
    this.#reporting = reporting;
    await reporting.begin();
    this.#settle(session, reporting);
    this.#keepAlive(session);
  }

  #keepAlive(session: Session): void {
    if (this.#isStopped || this.#session !== session) return;
    const heard = session.client.mms.statistics().bytesIn;
    this.#keepAliveTimer = this.#context.setTimer(() => {
      const isQuiet = session.client.mms.statistics().bytesIn === heard;
      // Any answer will do, also that it does not know the service.
      const answer = isQuiet ? session.client.mms.identify().catch((error) => error) : Promise.resolve();
      void answer.then((outcome) => {
        if (outcome instanceof NoAnswerError) session.client.abort();
        else this.#keepAlive(session);
      });
    }, this.#plan.connection.keepAliveMs);
  }

  /** A block that cannot be had is no reason to have no values: its points are read instead. */
  #settle(session: Session, reporting: Reporting): void {
    if (this.#session !== session || this.#isStopped) return;
    this.#become(undefined, 'online');
    for (const id of this.#plan.devices.keys()) {
      const trouble = reporting.troubleOf(id);
      this.#become(id, trouble ? 'degraded' : 'online', trouble);
    }
    this.#poll(reporting.told);
  }

  #poll(told: ReadonlySet<string>): void {
    const polled = [...this.#plan.points].filter(([id]) => !told.has(id));
    const groups = Map.groupBy(polled, ([, { scanRateMs }]) => scanRateMs);
    this.#schedule?.stop();
    this.#schedule = new ScanSchedule(
      [...groups].map(([scanRateMs, points]) => {
        const ids = points.map(([id]) => id);
        return { scanRateMs, read: () => this.#read(ids) };
      }),
      this.#context,
    );
    if (!this.#isStopped) this.#schedule.start();
  }

  async #read(pointIds: readonly string[]): Promise<void> {
    const session = this.#session;
    if (!session || pointIds.length === 0) return;
    try {
      const samples = await session.read(pointIds);
      await this.#emit(samples);
    } catch (error) {
      // The end of the association says so by itself; a time-out alone leaves the values as old as they are.
      this.#counts.errors++;
      this.#context.log('debug', `a read of ${pointIds.length} points failed`, { error });
    }
  }

  async #execute(command: Command): Promise<CommandOutcome> {
    const configured = this.#plan.points.get(command.pointId);
    if (!configured) return notSent(`There is no point "${command.pointId}".`);
    if (!configured.writable || !configured.point.command) {
      return notSent(`The point "${command.pointId}" is not writable.`);
    }
    if (this.#isStopped) return notSent('The driver has stopped.');
    const session = this.#session;
    if (!session?.client.isOpen) return notSent('The server is not connected.');
    const binding = session.binding(command.pointId);
    if (!binding) return notSent(`The server has no such attribute.`);
    const { connection } = this.#plan;
    return executeCommand(command, configured.point, binding, session.client, connection, this.#context);
  }

  #report(samples: Sample[]): void | Promise<void> {
    this.#counts.reports++;
    return this.#emit(samples);
  }

  #emit(samples: Sample[]): void | Promise<void> {
    if (this.#isStopped || samples.length === 0) return;
    return this.#sink?.samples(samples);
  }

  #trouble(reason: string): void {
    this.#counts.errors++;
    this.#context.log('warn', reason);
  }

  #ended(session: Session, reason: string): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#schedule?.stop();
    this.#reporting?.stop();
    this.#keepAliveTimer?.cancel();
    const { requests, timeouts, bytesIn, bytesOut } = session.client.mms.statistics();
    this.#counts.requests += requests;
    this.#counts.timeouts += timeouts;
    this.#counts.bytesIn += bytesIn;
    this.#counts.bytesOut += bytesOut;
    this.#lost(reason);
  }

  #lost(reason: string): void {
    if (this.#isStopped) return;
    this.#become(undefined, 'offline', reason);
    for (const id of this.#plan.devices.keys()) this.#become(id, 'offline', reason);
    const { reconnectMinMs, reconnectMaxMs } = this.#plan.connection;
    // Only what held for a while begins anew: one that fails at once again and again is left alone longer.
    const heldMs = this.#openedAtMs === undefined ? 0 : this.#context.monotonicMs() - this.#openedAtMs;
    if (heldMs > reconnectMaxMs) this.#retryMs = 0;
    this.#openedAtMs = undefined;
    this.#retryMs = Math.min(Math.max(this.#retryMs * 2, reconnectMinMs), reconnectMaxMs);
    this.#retryTimer?.cancel();
    this.#retryTimer = this.#context.setTimer(() => this.#connect(), this.#retryMs);
  }

  #become(deviceId: string | undefined, state: LinkState, reason?: string): void {
    if (this.#states.get(deviceId) === state) return;
    this.#states.set(deviceId, state);
    this.#sink?.state({ ...(deviceId !== undefined && { deviceId }), state, ...(reason !== undefined && { reason }) });
  }
}
