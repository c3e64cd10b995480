/**
 * The transport function (IEEE 1815-2012, clause 8.2): a fragment is cut into segments of up to 249 octets, each behind
 * one octet of FIN, FIR and a sequence number, and put together again on the other side.
 */

const maxSegmentOctets = 249;

const fin = 0x80;
const fir = 0x40;
const sequenceMask = 0x3f;

export class Segmenter {
  #sequence = 0;

  segments(fragment: Uint8Array): Buffer[] {
    const result: Buffer[] = [];
    for (let from = 0; from < fragment.length || from === 0; from += maxSegmentOctets) {
      const part = fragment.subarray(from, from + maxSegmentOctets);
      const segment = Buffer.allocUnsafe(part.length + 1);
      const isLast = from + maxSegmentOctets >= fragment.length;
      segment[0] = (isLast ? fin : 0) | (from === 0 ? fir : 0) | this.#sequence;
      segment.set(part, 1);
      this.#sequence = (this.#sequence + 1) & sequenceMask;
      result.push(segment);
    }
    return result;
  }
}

export interface ReassemblyStatistics {
  fragments: number;
  /** Segments that belong to no series: FIR missing, or a sequence number left out. */
  outOfOrder: number;
  repeated: number;
  tooLong: number;
}

export class Reassembler {
  readonly #maxOctets: number;
  #parts: Buffer[] = [];
  #octets = 0;
  #last: Buffer | undefined;
  readonly statistics: ReassemblyStatistics = { fragments: 0, outOfOrder: 0, repeated: 0, tooLong: 0 };

  constructor(maxOctets = 2048) {
    this.#maxOctets = maxOctets;
  }

  /** @returns the fragment that this segment completes */
  push(segment: Buffer): Buffer | undefined {
    if (segment.length < 2) return undefined;
    const header = segment[0]!;
    if (header & fir) this.reset();
    else if (!this.#last) {
      this.statistics.outOfOrder += 1;
      return undefined;
    } else if (this.#last.equals(segment)) {
      // A frame that a link retry delivered twice (clause 8.2.2, rule on matching segments).
      this.statistics.repeated += 1;
      return undefined;
    } else if ((header & sequenceMask) !== ((this.#last[0]! + 1) & sequenceMask)) {
      this.statistics.outOfOrder += 1;
      this.reset();
      return undefined;
    }
    this.#octets += segment.length - 1;
    if (this.#octets > this.#maxOctets) {
      this.statistics.tooLong += 1;
      this.reset();
      return undefined;
    }
    this.#parts.push(segment.subarray(1));
    this.#last = segment;
    if (!(header & fin)) return undefined;
    const fragment = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts, this.#octets);
    this.reset();
    this.statistics.fragments += 1;
    return fragment;
  }

  reset(): void {
    this.#parts = [];
    this.#octets = 0;
    this.#last = undefined;
  }
}
