/**
 * One association and everything that lives as long as it: types, bound points, subscriptions. The next association makes
 * all of it anew, except how far buffered reports were handled.
 */
import { Iec61850Client, mmsPort } from '../../protocols/iec61850/acsi/client.ts';
import type { ResumePoint } from '../../protocols/iec61850/acsi/resume-point.ts';
import type { Report, Subscription } from '../../protocols/iec61850/acsi/subscription.ts';
import { Iec61850Error } from '../../protocols/iec61850/errors.ts';
import type { MmsClientSettings } from '../../protocols/iec61850/mms/client.ts';
import type { DriverContext, Sample } from '../../runtime/driver.ts';
import { secretText, tlsOptionsOf } from '../secret-setting.ts';
import type { IecPoint } from './address.ts';
import { type Binding, bind, readingOf, typeCache } from './binding.ts';
import { ReportPoints } from './report-points.ts';
import { badSample, sampleOf } from './sample.ts';
import type { IecConnection, ReportSettings } from './settings.ts';

const tlsPort = 3782;

export class Session {
  readonly client: Iec61850Client;
  readonly #typeOf: ReturnType<typeof typeCache>;
  readonly #bindings = new Map<string, Binding>();
  readonly #subscriptions: Subscription[] = [];

  private constructor(client: Iec61850Client) {
    this.client = client;
    this.#typeOf = typeCache(client);
  }

  /** Associates and finds the points. @throws Error of the line, the association or the answers */
  static async open(
    connection: IecConnection,
    points: ReadonlyMap<string, { point: IecPoint }>,
    context: DriverContext,
  ): Promise<Session> {
    const { host, tls, connectTimeoutMs } = connection;
    const port = connection.port ?? (tls ? tlsPort : mmsPort);
    const line = { host, port, connectTimeoutMs };
    const client = await Iec61850Client.connect(
      tls ? { kind: 'tls', ...line, tls: tlsOptionsOf(connection) } : { kind: 'tcp', ...line },
      clientSettings(connection),
      context,
    );
    const session = new Session(client);
    try {
      await Promise.all(
        [...points].map(async ([id, { point }]) => {
          const binding = await bind(point.reference, session.#typeOf);
          if (binding) session.#bindings.set(id, binding);
        }),
      );
      return session;
    } catch (error) {
      client.abort();
      throw error;
    }
  }

  binding(pointId: string): Binding | undefined {
    return this.#bindings.get(pointId);
  }

  /** @throws Iec61850Error when the association ends or the request as a whole is refused */
  async read(pointIds: readonly string[]): Promise<Sample[]> {
    const containers = new Map<string, Binding>();
    for (const id of pointIds) {
      const binding = this.#bindings.get(id);
      if (binding) containers.set(binding.key, binding);
    }
    const read = await this.client.readMany([...containers.values()].map(({ container }) => container));
    const results = new Map([...containers.keys()].map((key, at) => [key, read[at]!]));
    return pointIds.map((id) => {
      const binding = this.#bindings.get(id);
      if (!binding) return badSample(id, 'object-non-existent: the server has no such attribute');
      const result = results.get(binding.key)!;
      if (result.type === 'access-error') return badSample(id, result.error);
      const reading = readingOf(result, binding.type, binding.path);
      return reading ? sampleOf(id, reading) : badSample(id, 'the answer has another structure than its type');
    });
  }

  /**
   * Subscribes to the reports of a device.
   * @returns the points that they tell
   * @throws Iec61850Error when the block is not there, is used by another client or does not take its settings
   */
  async subscribe(
    settings: ReportSettings,
    pointIds: readonly string[],
    resume: ResumePoint,
    onSamples: (samples: Sample[]) => void | Promise<void>,
    onTrouble: (error: Error) => void,
  ): Promise<ReadonlySet<string>> {
    let mapped: ReportPoints | undefined;
    const early = Promise.withResolvers<void>();
    const { dataSet, integrityMs, bufferTimeMs, confRev } = settings;
    try {
      const subscription = await this.client.subscribe({
        control: settings.control,
        reserveSeconds: settings.reserveSeconds,
        resume,
        interrogate: true,
        ...(dataSet !== undefined && { dataSet }),
        ...(integrityMs !== undefined && { integrityMs }),
        ...(bufferTimeMs !== undefined && { bufferTimeMs }),
        ...(confRev !== undefined && { confRev }),
        onReport: async (report) => {
          await early.promise;
          await tell(report);
        },
        onTrouble,
      });
      this.#subscriptions.push(subscription);
      const points = pointIds.flatMap((id) => {
        const binding = this.#bindings.get(id);
        return binding ? [{ id, binding }] : [];
      });
      mapped = await ReportPoints.create(points, subscription.memberReferences, this.#typeOf);
    } finally {
      early.resolve();
    }
    async function tell(report: Report): Promise<void> {
      if (!report.isConsistent) {
        throw new Iec61850Error(`${settings.control}: the data set changed while it was used.`);
      }
      // Whoever could not map it has not handled it: it is told again.
      if (!mapped) throw new Iec61850Error(`${settings.control}: its members could not be found.`);
      const samples = mapped.samples(report);
      if (samples.length > 0) await onSamples(samples);
    }
    return mapped.pointIds;
  }

  /** Gives the control blocks back and ends in order. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#subscriptions.map((subscription) => subscription.disable()));
    await this.client.close();
  }
}

function clientSettings(connection: IecConnection): MmsClientSettings {
  const octets = (hex: string | undefined) => (hex === undefined ? undefined : Buffer.from(hex, 'hex'));
  const selectors = {
    callingTsel: octets(connection.callingTsel),
    calledTsel: octets(connection.calledTsel),
    callingSsel: octets(connection.callingSsel),
    calledSsel: octets(connection.calledSsel),
    callingPsel: octets(connection.callingPsel),
    calledPsel: octets(connection.calledPsel),
    callingTitle: connection.callingTitle,
    calledTitle: connection.calledTitle,
    password: connection.authType === 'basic' ? secretText(connection.credentials?.password) : undefined,
  };
  const given = Object.fromEntries(Object.entries(selectors).filter(([, value]) => value !== undefined));
  const { associateTimeoutMs, timeoutMs, maxPduSize, tpduSize, maxOutstanding } = connection;
  return { ...given, associateTimeoutMs, requestTimeoutMs: timeoutMs, maxPduSize, tpduSize, maxOutstanding };
}
