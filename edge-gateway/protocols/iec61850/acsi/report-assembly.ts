/** Puts segments of a report together and counts what the sequence numbers say is missing. */
import { ProtocolError } from '../errors.ts';
import type { ReportMessage } from './report-message.ts';

/** A data set has at most some hundreds of members; a server that goes on for ever is stopped. */
const maxMembers = 100_000;

export class ReportAssembly {
  readonly #sequenceModulo: number;
  #open: ReportMessage | undefined;
  #last: number | undefined;

  constructor(isBuffered: boolean) {
    this.#sequenceModulo = isBuffered ? 0x10000 : 0x100;
  }

  /** The whole report when this message completes one, with the number of reports missing before it. */
  add(message: ReportMessage): { report: ReportMessage; missing: number } | undefined {
    const { segment } = message;
    if (!segment || (segment.number === 0 && !segment.moreFollow)) return this.#complete(message);
    if (segment.number === 0) {
      this.#open = message;
      return undefined;
    }
    const open = this.#open;
    const isNext =
      open?.segment?.number === segment.number - 1 &&
      open.sequenceNumber === message.sequenceNumber &&
      open.memberCount === message.memberCount;
    if (!open || !isNext) {
      this.#open = undefined;
      throw new ProtocolError('acsi', `segment ${segment.number} of a report without those before it`);
    }
    open.members.push(...message.members);
    if (open.members.length > maxMembers) throw new ProtocolError('acsi', 'a report without end');
    open.segment = segment;
    if (segment.moreFollow) return undefined;
    this.#open = undefined;
    return this.#complete(open);
  }

  #complete(report: ReportMessage): { report: ReportMessage; missing: number } {
    const { sequenceNumber } = report;
    const expected = this.#last === undefined ? sequenceNumber : (this.#last + 1) % this.#sequenceModulo;
    this.#last = sequenceNumber;
    if (sequenceNumber === undefined || expected === undefined) return { report, missing: 0 };
    return { report, missing: (sequenceNumber - expected + this.#sequenceModulo) % this.#sequenceModulo };
  }
}
