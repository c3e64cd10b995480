/**
 * A report control block of a server (IEC 61850-7-2, 17): who holds it, what it watches, and the entries that it makes.
 * Buffered blocks make entries whether or not a client listens.
 */
import { encodeReportMessage, type ReportMember } from '../acsi/report-message.ts';
import { bitsToOptions, bitsToTriggers, type ReasonForInclusion } from '../acsi/report-options.ts';
import type { Bits } from '../asn1/bit-string.ts';
import type { Clock } from '../clock.ts';
import { binaryTimeOf } from '../mms/binary-time.ts';
import { nameText } from '../mms/object-name.ts';
import type { DataSet } from './directory.ts';
import { ReportBuffer } from './report-buffer.ts';
import type { ReportFields } from './report-fields.ts';
import { segmentsOf } from './report-segments.ts';
import type { ServerSession } from './session.ts';
import { readNode, type VariableNode } from './variable-tree.ts';

/** Octets unsent on a line beyond which reports wait: a slow client must not fill the memory. */
const maxBacklog = 1 << 20;

export class ReportControl {
  readonly isBuffered: boolean;
  readonly #fields: ReportFields;
  readonly #clock: Clock;
  readonly #buffer: ReportBuffer;
  #dataSet: DataSet | undefined;
  #pending = new Map<number, { reasons: Set<ReasonForInclusion>; value: ReportMember['value'] }>();
  #pendingTimer: { cancel(): void } | undefined;
  #integrityTimer: { cancel(): void } | undefined;
  #session: ServerSession | undefined;
  #sequenceNumber = 0;

  constructor(isBuffered: boolean, fields: ReportFields, maxEntries: number, clock: Clock) {
    this.isBuffered = isBuffered;
    this.#fields = fields;
    this.#clock = clock;
    this.#buffer = new ReportBuffer(isBuffered ? maxEntries : 1_000, BigInt(clock.now()) << 20n);
  }

  get session(): ServerSession | undefined {
    return this.#session;
  }

  get dataSet(): DataSet | undefined {
    return this.#dataSet;
  }

  get newestEntryId(): Buffer {
    return this.#buffer.newest?.id ?? Buffer.alloc(8);
  }

  watch(dataSet: DataSet | undefined): void {
    if (this.#dataSet) this.#dataSet.uses--;
    this.#dataSet = dataSet;
    if (dataSet) dataSet.uses++;
    this.purge();
  }

  purge(): void {
    this.#buffer.clear();
    this.#pending.clear();
    this.#pendingTimer?.cancel();
    this.#pendingTimer = undefined;
  }

  resumeAfter(entryId: Uint8Array): boolean {
    if (Buffer.from(entryId).every((octet) => octet === 0)) {
      this.#buffer.fromOldest();
      return true;
    }
    return this.#buffer.after(entryId);
  }

  /** @param isResumed whether the client said where to go on; otherwise it is told everything that is kept */
  enable(session: ServerSession, isResumed: boolean): void {
    this.#session = session;
    this.#sequenceNumber = 0;
    if (this.isBuffered) {
      if (!isResumed) this.#buffer.fromOldest();
    } else this.purge();
    this.#startIntegrity();
    this.#afterAnswer(() => this.#pump());
  }

  disable(): void {
    this.#session = undefined;
    this.#integrityTimer?.cancel();
    if (!this.isBuffered) this.purge();
  }

  interrogate(): void {
    this.#afterAnswer(() => this.#all('generalInterrogation'));
  }

  /** Clients expect the answer to their write before what it brings about. */
  #afterAnswer(work: () => void): void {
    const session = this.#session;
    setImmediate(() => {
      if (this.#session === session) work();
    });
  }

  /** A value changed in one of these ways; what one update changes goes into one entry. */
  changed(leaf: VariableNode, reason: ReasonForInclusion): void {
    if (!this.#dataSet || (!this.isBuffered && !this.#session) || !this.#wants(reason)) return;
    for (const [index, { node }] of this.#dataSet.members.entries()) {
      if (!isWithin(leaf, node)) continue;
      const before = this.#pending.get(index);
      // A second change of a member within the buffer time closes the entry (7-2, 17.2.2.9).
      if (before && this.#pendingTimer) this.flush(true);
      const reasons = this.#pending.get(index)?.reasons ?? new Set();
      this.#pending.set(index, { reasons: reasons.add(reason), value: readNode(node, this) });
    }
  }

  /** Makes an entry of what changed, at once or after the buffer time. */
  flush(isNow = false): void {
    if (this.#pending.size === 0) return;
    const bufferTimeMs = this.#fields.number('BufTm');
    if (!isNow && bufferTimeMs > 0) {
      this.#pendingTimer ??= this.#clock.setTimer(() => this.flush(true), bufferTimeMs);
      return;
    }
    this.#pendingTimer?.cancel();
    this.#pendingTimer = undefined;
    const members = [...this.#pending].sort(([a], [b]) => a - b);
    this.#pending = new Map();
    this.#add(members.map(([index, { value, reasons }]) => ({ index, value, reasons: [...reasons] })));
  }

  #wants(reason: ReasonForInclusion): boolean {
    const triggers = bitsToTriggers(this.#fields.value('TrgOps') as Bits);
    return reason === 'applicationTrigger' || triggers[reason];
  }

  #all(reason: 'integrity' | 'generalInterrogation'): void {
    if (!this.#dataSet || !this.#session || !this.#wants(reason)) return;
    this.flush(true);
    this.#add(
      this.#dataSet.members.map(({ node }, index) => ({ index, value: readNode(node, this), reasons: [reason] })),
    );
  }

  #startIntegrity(): void {
    this.#integrityTimer?.cancel();
    const periodMs = this.#fields.number('IntgPd');
    if (periodMs === 0 || !this.#wants('integrity')) return;
    const tick = (): void => {
      this.#integrityTimer = this.#clock.setTimer(tick, periodMs);
      this.#all('integrity');
    };
    this.#integrityTimer = this.#clock.setTimer(tick, periodMs);
  }

  #add(members: ReportMember[]): void {
    this.#buffer.add(this.#clock.now(), members);
    this.#pump();
  }

  #pump(): void {
    const session = this.#session;
    while (session?.isOpen && session.backlog < maxBacklog) {
      const entry = this.#buffer.waiting;
      if (!entry) return;
      this.#buffer.sent();
      this.#send(session, entry.id, entry.timeMs, entry.members);
    }
  }

  #send(session: ServerSession, entryId: Buffer, timeMs: number, entryMembers: ReportMember[]): void {
    const options = bitsToOptions(this.#fields.value('OptFlds') as Bits);
    const dataSet = this.#dataSet!;
    const members = entryMembers.map(({ index, value, reasons }): ReportMember => {
      const { name } = dataSet.members[index]!.variable;
      return {
        index,
        value,
        ...(options.reason && { reasons: reasons! }),
        ...(options.dataReference && { reference: nameText(name) }),
      };
    });
    const message = {
      reportId: this.#fields.text('RptID'),
      ...(options.sequenceNumber && { sequenceNumber: this.#sequenceNumber }),
      ...(options.timeStamp && { timeOfEntryMs: timeMs }),
      ...(options.dataSetName && { dataSet: nameText(dataSet.name) }),
      ...(this.isBuffered && options.bufferOverflow && { bufferOverflow: this.#buffer.hasOverflowed }),
      ...(this.isBuffered && options.entryId && { entryId }),
      ...(options.confRev && { confRev: this.#fields.number('ConfRev') }),
      memberCount: dataSet.members.length,
      members,
    };
    this.#buffer.hasOverflowed = false;
    this.#sequenceNumber = (this.#sequenceNumber + 1) & (this.isBuffered ? 0xffff : 0xff);
    this.#fields.set('SqNum', { type: 'unsigned', value: this.#sequenceNumber });
    if (this.isBuffered) {
      this.#fields.set('EntryID', { type: 'octet-string', value: entryId });
      this.#fields.set('TimeofEntry', { type: 'binary-time', value: binaryTimeOf(timeMs) });
    }
    for (const segment of segmentsOf(message, session.maxPduSize)) {
      void session.report(encodeReportMessage(segment)).then(() => this.#pump());
    }
  }
}

function isWithin(leaf: VariableNode, node: VariableNode): boolean {
  for (let at: VariableNode | undefined = leaf; at; at = at.parent) if (at === node) return true;
  return false;
}
