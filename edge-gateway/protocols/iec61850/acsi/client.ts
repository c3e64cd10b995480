/** An IEC 61850 client: the model, values by reference, data sets, reports, controls and setting groups of one server. */
import { type ByteChannel, type LineSettings, openChannel } from '../../transport/byte-channel.ts';
import { type Clock, systemClock } from '../clock.ts';
import { AccessError, Iec61850Error } from '../errors.ts';
import type { AccessResult } from '../mms/access-result.ts';
import type { CallOptions } from '../mms/calls.ts';
import { MmsClient, type MmsClientSettings } from '../mms/client.ts';
import type { InformationReport } from '../mms/information-report.ts';
import type { MmsType } from '../mms/type-specification.ts';
import type { MmsValue } from '../mms/value.ts';
import type { AssociationEnd } from '../stack/association.ts';
import { Control } from './control.ts';
import { ControlInbox } from './control-inbox.ts';
import { discover } from './discover.ts';
import type { FunctionalConstraint } from './functional-constraint.ts';
import { typeOfPart } from './named-value.ts';
import { readMany } from './read-many.ts';
import {
  formatReference,
  parseListName,
  parseReference,
  type Reference,
  referenceOf,
  variableOf,
} from './reference.ts';
import { decodeReportMessage, isReport } from './report-message.ts';
import { SettingGroups } from './setting-groups.ts';
import type { StationModel } from './station-model.ts';
import { type Subscription, type SubscriptionSettings, subscribe } from './subscription.ts';

/** The port of MMS without TLS; with it 3782 (IEC 62351-4). */
export const mmsPort = 102;

export class Iec61850Client {
  readonly mms: MmsClient;
  readonly #clock: Clock;
  readonly #inbox = new ControlInbox();
  readonly #controlNumbers = new Map<string, number>();
  readonly #subscriptions = new Set<Subscription>();
  /** Reports that nobody subscribed to or that made no sense. */
  readonly statistics = { reports: 0, unroutedReports: 0, malformedReports: 0 };

  /** Opens the line and associates. @throws AssociationRefusedError | ProtocolError | NoAnswerError | the system's errors */
  static async connect(
    line: LineSettings | ByteChannel,
    settings: MmsClientSettings = {},
    clock: Clock = systemClock,
  ): Promise<Iec61850Client> {
    const channel = 'kind' in line ? await openChannel(line) : line;
    return new Iec61850Client(await MmsClient.connect(channel, settings, clock), clock);
  }

  constructor(mms: MmsClient, clock: Clock = systemClock) {
    this.mms = mms;
    this.#clock = clock;
    mms.onReport((report) => this.#receive(report));
  }

  get isOpen(): boolean {
    return this.mms.isOpen;
  }

  onEnd(listener: (end: AssociationEnd) => void): void {
    this.mms.whenEnded(listener);
  }

  discover(): Promise<StationModel> {
    return discover(this.mms);
  }

  /** @throws ServiceError | AccessError when there is no such variable, or no such part of it */
  async typeOf(reference: string | Reference, fc?: FunctionalConstraint): Promise<MmsType> {
    const parsed = resolve(reference, fc);
    const { name, part } = variableOf(parsed);
    const { type } = await this.mms.variableAttributes(name);
    const own = part ? typeOfPart(type, part) : type;
    if (!own) throw new AccessError(formatReference(parsed), 'object-attribute-inconsistent');
    return own;
  }

  /** @param reference `LD/LN.DO.DA[FC]`, or without the constraint and `fc` beside it. @throws AccessError */
  async read(reference: string | Reference, fc?: FunctionalConstraint, options?: CallOptions): Promise<MmsValue> {
    const parsed = resolve(reference, fc);
    const [result] = await this.mms.read([variableOf(parsed)], options);
    if (result!.type === 'access-error') throw new AccessError(formatReference(parsed), result!.error);
    return result!;
  }

  /** Any number of references in few requests; each has its own result. */
  readMany(references: (string | Reference)[], options?: CallOptions): Promise<AccessResult[]> {
    return readMany(
      this.mms,
      references.map((reference) => variableOf(resolve(reference))),
      options,
    );
  }

  /** @throws AccessError */
  async write(reference: string | Reference, value: MmsValue, options?: CallOptions): Promise<void> {
    const parsed = resolve(reference);
    const [error] = await this.mms.write([variableOf(parsed)], [value], options);
    if (error) throw new AccessError(formatReference(parsed), error);
  }

  /** References of the members of `LD/LN.name` or `@name`. */
  async dataSetMembers(name: string): Promise<string[]> {
    const { members } = await this.mms.listAttributes(parseListName(name));
    return members.map((member) => formatReference(referenceOf(member)));
  }

  readDataSet(name: string): Promise<AccessResult[]> {
    return this.mms.readList(parseListName(name));
  }

  createDataSet(name: string, members: string[]): Promise<void> {
    return this.mms.defineList(
      parseListName(name),
      members.map((member) => variableOf(parseReference(member))),
    );
  }

  /** @throws Iec61850Error when it is not there, or in use */
  async deleteDataSet(name: string): Promise<void> {
    const { deleted } = await this.mms.deleteLists([parseListName(name)]);
    if (deleted === 0) throw new Iec61850Error(`${name} was not deleted: it is not there, fixed or in use.`);
  }

  /** @throws AccessError when the block is not there or another client's */
  async subscribe(settings: SubscriptionSettings): Promise<Subscription> {
    let routed: Subscription | undefined;
    try {
      return await subscribe(this.mms, settings, (subscription) => {
        routed = subscription;
        this.#subscriptions.add(subscription);
      });
    } catch (error) {
      if (routed) this.#subscriptions.delete(routed);
      throw error;
    }
  }

  async unsubscribe(subscription: Subscription): Promise<void> {
    await subscription.stop();
    this.#subscriptions.delete(subscription);
  }

  control(reference: string): Promise<Control> {
    return Control.open(
      { mms: this.mms, inbox: this.#inbox, clock: this.#clock, numbers: this.#controlNumbers },
      reference,
    );
  }

  settingGroups(device: string): SettingGroups {
    return new SettingGroups(this.mms, device);
  }

  /** Ends in order: conclude, release, close. */
  close(): Promise<void> {
    return this.mms.conclude();
  }

  abort(): void {
    this.mms.abort();
  }

  #receive(report: InformationReport): void {
    try {
      if (isReport(report)) this.#route(report);
      else if (!this.#inbox.receive(report)) this.statistics.unroutedReports++;
    } catch (error) {
      // One report that makes no sense does not end an association that works.
      if (!(error instanceof Iec61850Error)) throw error;
      this.statistics.malformedReports++;
      for (const subscription of this.#subscriptions) subscription.trouble(error);
    }
  }

  #route(report: InformationReport): void {
    this.statistics.reports++;
    const message = decodeReportMessage(report);
    const named = [...this.#subscriptions].filter(({ reportIds }) => reportIds.includes(message.reportId));
    // Blocks of one kind may share an id; then the data set tells them apart.
    const subscription =
      named.find(({ dataSet }) => named.length === 1 || message.dataSet === undefined || message.dataSet === dataSet) ??
      named[0];
    if (subscription) subscription.receive(message);
    else this.statistics.unroutedReports++;
  }
}

const resolve = (reference: string | Reference, fc?: FunctionalConstraint): Reference =>
  typeof reference === 'string' ? parseReference(reference, fc) : reference;
