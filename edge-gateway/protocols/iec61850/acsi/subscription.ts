/** A report control block enabled for us: set up without losing its buffer, its reports in order to one handler. */
import { equalBits } from '../asn1/bit-string.ts';
import { AccessError, Iec61850Error } from '../errors.ts';
import type { AccessResult } from '../mms/access-result.ts';
import type { MmsClient } from '../mms/client.ts';
import { nameText } from '../mms/object-name.ts';
import type { MmsValue } from '../mms/value.ts';
import type { Variable } from '../mms/variable-access.ts';
import { formatReference, parseListName, referenceOf } from './reference.ts';
import { ReportAssembly } from './report-assembly.ts';
import { type BlockAttribute, ReportControlBlock } from './report-control-block.ts';
import type { ReportMessage } from './report-message.ts';
import {
  optionsToBits,
  type ReasonForInclusion,
  type ReportOptions,
  type TriggerOptions,
  triggersToBits,
} from './report-options.ts';
import { ResumePoint } from './resume-point.ts';

export interface SubscriptionSettings {
  /** `LD/LN.BR.name` or `LD/LN.RP.name`. */
  control: string;
  /** `LD/LN.name`; the one that is set stays when this is left out. Changing it empties a buffer. */
  dataSet?: string;
  triggers?: Partial<TriggerOptions>;
  options?: Partial<ReportOptions>;
  integrityMs?: number;
  bufferTimeMs?: number;
  /** Seconds that a buffered block stays ours when the line is cut. @default 60 */
  reserveSeconds?: number;
  /** Ask for all members once it is enabled. @default true for unbuffered blocks */
  interrogate?: boolean;
  /** Where to go on in a buffer. @default the oldest entry that is kept */
  resume?: ResumePoint;
  /** Forget what a buffer holds and begin now. @default false */
  purge?: boolean;
  /** Refuse when the server's configuration is another. */
  confRev?: number;
  /** In order, one at a time; an entry counts as handled when this resolved. */
  onReport(report: Report): void | Promise<void>;
  /**
   * A report that makes no sense, or an attribute that the server keeps fixed (`ReportSettings` of SCL), which are lived
   * with; or a handler that failed, after which the association is ended.
   */
  onTrouble?(error: Error): void;
}

export interface Report {
  control: string;
  reportId: string;
  sequenceNumber?: number;
  timeOfEntryMs?: number;
  entryId?: Buffer;
  /** The server had to throw entries away before this one. */
  bufferOverflow: boolean;
  /** Reports that the sequence numbers miss before this one. */
  missing: number;
  /** False when the data set is not the one it was: members have other meanings. */
  isConsistent: boolean;
  members: {
    index: number;
    /** `LD/LN.DO.DA[FC]` from the data set. */
    reference: string;
    value: AccessResult;
    reasons: ReasonForInclusion[];
  }[];
}

const defaultTriggers: Partial<TriggerOptions> = {
  dataChange: true,
  qualityChange: true,
  dataUpdate: true,
  generalInterrogation: true,
};

const defaultOptions: Partial<ReportOptions> = {
  sequenceNumber: true,
  timeStamp: true,
  reason: true,
  dataSetName: true,
  bufferOverflow: true,
  entryId: true,
  confRev: true,
};

/** Reports that wait for the handler beyond this end the association: buffered ones are sent again, and none is lost. */
const maxWaiting = 10_000;

export class Subscription {
  readonly #mms: MmsClient;
  readonly #block: ReportControlBlock;
  readonly #settings: SubscriptionSettings;
  readonly #members: Variable[];
  readonly #assembly: ReportAssembly;
  readonly resume: ResumePoint;
  readonly confRev: number;
  /** Whether the server found the entry to go on from; undefined when there was none to look for. */
  wasResumed: boolean | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isStopped = false;

  constructor(mms: MmsClient, block: ReportControlBlock, settings: SubscriptionSettings, members: Variable[]) {
    this.#mms = mms;
    this.#block = block;
    this.#settings = settings;
    this.#members = members;
    this.#assembly = new ReportAssembly(block.isBuffered);
    this.resume = settings.resume ?? new ResumePoint();
    this.confRev = block.number('ConfRev');
  }

  get control(): string {
    return this.#block.reference;
  }

  /** What the reports of this block call themselves; some servers send their reference when it is empty. */
  get reportIds(): string[] {
    const { reference, isBuffered } = this.#block;
    const [, head, name] = /^(.*?)\.(?:BR\.|RP\.)?([^.]+)$/.exec(reference)!;
    const own = `${head}$${isBuffered ? 'BR' : 'RP'}$${name}`;
    return [this.#block.text('RptID') || own, own];
  }

  get dataSet(): string {
    return this.#block.text('DatSet');
  }

  /** References of the members of the data set, in its order. */
  get memberReferences(): string[] {
    return this.#members.map(textOf);
  }

  /** Resolves when the block is disabled and the handler is done with what it was given. */
  async stop(): Promise<void> {
    await this.disable();
    await this.#queue;
  }

  /** Gives the block back; reports that still wait for the handler are left to the buffer of the server. */
  async disable(): Promise<void> {
    this.#isStopped = true;
    if (!this.#mms.isOpen) return;
    await this.#block.tryWrite('RptEna', { type: 'boolean', value: false });
    await release(this.#block);
  }

  interrogate(): Promise<void> {
    return this.#block.writeFlag('GI', true);
  }

  /** For the client that routes reports. @throws ProtocolError */
  receive(message: ReportMessage): void {
    if (this.#isStopped) return;
    const whole = this.#assembly.add(message);
    if (!whole) return;
    const { entryId, timeOfEntryMs } = whole.report;
    if (++this.#waiting > maxWaiting) {
      this.#fail(new Iec61850Error(`${this.control}: ${maxWaiting} reports wait for their handler.`));
      return;
    }
    this.#queue = this.#queue.then(async () => {
      this.#waiting--;
      if (this.#isStopped || (entryId && this.resume.wasHandled(entryId, timeOfEntryMs))) return;
      try {
        await this.#settings.onReport(this.#reportOf(whole.report, whole.missing));
        if (entryId) this.resume.handled(entryId, timeOfEntryMs);
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  trouble(error: Error): void {
    this.#settings.onTrouble?.(error);
  }

  /** What follows an entry that was not handled must not be handled before it: the next association begins with it. */
  #fail(error: Error): void {
    this.#isStopped = true;
    this.trouble(error);
    this.#mms.abort();
  }

  #reportOf(message: ReportMessage, missing: number): Report {
    const isSameSet = message.dataSet === undefined || dollars(message.dataSet) === dollars(this.dataSet);
    const isSameRevision = message.confRev === undefined || message.confRev === this.confRev;
    return {
      control: this.control,
      reportId: message.reportId,
      ...(message.sequenceNumber !== undefined && { sequenceNumber: message.sequenceNumber }),
      ...(message.timeOfEntryMs !== undefined && { timeOfEntryMs: message.timeOfEntryMs }),
      ...(message.entryId && { entryId: message.entryId }),
      bufferOverflow: message.bufferOverflow ?? false,
      missing,
      isConsistent: isSameSet && isSameRevision && message.memberCount === this.#members.length,
      members: message.members.map(({ index, value, reference, reasons }) => ({
        index,
        reference: this.#members[index] ? textOf(this.#members[index]) : (reference ?? ''),
        value,
        reasons: reasons ?? [],
      })),
    };
  }
}

/** Some servers write the name of a data set with a dot. */
const dollars = (name: string): string => name.replaceAll('.', '$');

const textOf = (variable: Variable): string => {
  try {
    return formatReference(referenceOf(variable));
  } catch {
    return nameText(variable.name);
  }
};

/**
 * Reserves, sets up and enables a block. Attributes are written only where they differ, since writing one may empty the
 * buffer of a block (7-2, 17.2.2).
 * @param route called before the first report can come
 */
export async function subscribe(
  mms: MmsClient,
  settings: SubscriptionSettings,
  route: (subscription: Subscription) => void,
): Promise<Subscription> {
  const block = await ReportControlBlock.read(mms, settings.control);
  // Whoever has it may be an association of ours that the server has not given up yet: it is to be tried again later.
  if (block.flag('RptEna')) throw new AccessError(`${settings.control} is in use by another client`, 'enabled');
  await reserve(block, settings);
  try {
    return await enable(mms, block, settings, route);
  } catch (error) {
    if (mms.isOpen) await release(block);
    throw error;
  }
}

async function enable(
  mms: MmsClient,
  block: ReportControlBlock,
  settings: SubscriptionSettings,
  route: (subscription: Subscription) => void,
): Promise<Subscription> {
  await configure(block, settings);
  const members = (await mms.listAttributes(parseListName(block.text('DatSet')))).members;
  const revision = block.number('ConfRev');
  if (settings.confRev !== undefined && settings.confRev !== revision) {
    throw new Iec61850Error(`${settings.control} has configuration revision ${revision}, not ${settings.confRev}.`);
  }
  const subscription = new Subscription(mms, block, settings, members);
  route(subscription);
  if (block.isBuffered) await position(block, subscription, settings.purge ?? false);
  await block.writeFlag('RptEna', true);
  if (settings.interrogate ?? !block.isBuffered) {
    await subscription.interrogate().catch((error) => {
      // Its triggers may be fixed without it: what changes is told all the same.
      if (!(error instanceof AccessError)) throw error;
      settings.onTrouble?.(error);
    });
  }
  return subscription;
}

async function reserve(block: ReportControlBlock, settings: SubscriptionSettings): Promise<void> {
  if (block.has('Resv')) await writeUnlessFixed(block, 'Resv', { type: 'boolean', value: true }, settings);
  // -1: the configuration reserves it for one client (7-2, 17.2.2.18).
  if (block.has('ResvTms') && block.number('ResvTms') !== -1) {
    const seconds = settings.reserveSeconds ?? 60;
    await writeUnlessFixed(block, 'ResvTms', { type: 'integer', value: seconds }, settings);
  }
}

/** Many servers fix attributes by their configuration; what they have instead is told, and used. */
async function writeUnlessFixed(
  block: ReportControlBlock,
  attribute: BlockAttribute,
  value: MmsValue,
  { onTrouble }: SubscriptionSettings,
): Promise<void> {
  const error = await block.tryWrite(attribute, value);
  if (!error) return;
  const refusal = new AccessError(`${block.reference}.${attribute}`, error);
  if (error !== 'object-access-denied' && error !== 'object-access-unsupported') throw refusal;
  onTrouble?.(refusal);
}

/** Gives a reservation back. Refusals do not matter: then it was none of ours. */
async function release(block: ReportControlBlock): Promise<void> {
  if (block.has('Resv')) await block.tryWrite('Resv', { type: 'boolean', value: false });
  if (block.number('ResvTms') > 0) await block.tryWrite('ResvTms', { type: 'integer', value: 0 });
}

async function configure(block: ReportControlBlock, settings: SubscriptionSettings): Promise<void> {
  const dataSet = settings.dataSet === undefined ? undefined : nameText(parseListName(settings.dataSet));
  if (dataSet !== undefined && dataSet !== block.text('DatSet')) {
    await block.write('DatSet', { type: 'visible-string', value: dataSet });
    // The server counts its configuration up by itself.
    await block.refresh('ConfRev');
  }
  if (block.text('DatSet') === '') throw new Iec61850Error(`${settings.control} has no data set.`);
  const triggers = triggersToBits({
    ...(settings.triggers ?? defaultTriggers),
    ...(settings.integrityMs && { integrity: true }),
  });
  if (!equalBits(triggers, block.bits('TrgOps'))) {
    await writeUnlessFixed(block, 'TrgOps', { type: 'bit-string', value: triggers }, settings);
  }
  const options = optionsToBits(settings.options ?? defaultOptions);
  if (!equalBits(options, block.bits('OptFlds'))) {
    await writeUnlessFixed(block, 'OptFlds', { type: 'bit-string', value: options }, settings);
  }
  for (const [attribute, value] of [
    ['IntgPd', settings.integrityMs],
    ['BufTm', settings.bufferTimeMs],
  ] as const) {
    if (value !== undefined && value !== block.number(attribute)) {
      await writeUnlessFixed(block, attribute, { type: 'unsigned', value }, settings);
    }
  }
}

async function position(block: ReportControlBlock, subscription: Subscription, isPurged: boolean): Promise<void> {
  if (isPurged) {
    await block.writeFlag('PurgeBuf', true);
    return;
  }
  const { entryId } = subscription.resume;
  if (!entryId) return;
  // A server that lost the entry says so, and tells everything it has.
  subscription.wasResumed = (await block.tryWrite('EntryID', { type: 'octet-string', value: entryId })) === undefined;
}
