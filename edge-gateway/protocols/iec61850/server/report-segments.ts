/** Cuts a report that does not fit into one PDU into segments, member by member (IEC 61850-7-2, 17.2.3.2.6). */
import { encodeReportMessage, type ReportMessage } from '../acsi/report-message.ts';
import { sizeOf } from '../asn1/ber-writer.ts';
import { encodeReport } from '../mms/pdu.ts';

export function segmentsOf(message: ReportMessage, maxPduSize: number): ReportMessage[] {
  if (fits(message, maxPduSize)) return [message];
  const segments: ReportMessage[] = [];
  let rest = message.members;
  while (rest.length > 0) {
    // Halving finds a size that fits soon enough; one member goes alone whatever its size.
    let count = rest.length;
    const segmentOf = (size: number): ReportMessage => ({
      ...message,
      segment: { number: segments.length, moreFollow: size < rest.length },
      members: rest.slice(0, size),
    });
    while (count > 1 && !fits(segmentOf(count), maxPduSize)) count = Math.ceil(count / 2);
    segments.push(segmentOf(count));
    rest = rest.slice(count);
  }
  return segments;
}

const fits = (message: ReportMessage, maxPduSize: number): boolean =>
  sizeOf(encodeReport(encodeReportMessage(message))) <= maxPduSize;
