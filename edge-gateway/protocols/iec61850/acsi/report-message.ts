/**
 * One report, or one segment of it, as the list of values that an information report named `RPT` carries (IEC 61850-8-1,
 * 17.2.2): which fields are there is said by the second of them.
 */
import { type Bits, bitsOf, hasBit } from '../asn1/bit-string.ts';
import { ProtocolError } from '../errors.ts';
import type { AccessResult } from '../mms/access-result.ts';
import { binaryTimeOf, binaryTimeToEpochMs } from '../mms/binary-time.ts';
import type { InformationReport } from '../mms/information-report.ts';
import type { MmsValue } from '../mms/value.ts';
import {
  bitsToOptions,
  bitsToReasons,
  optionsToBits,
  type ReasonForInclusion,
  type ReportOptions,
  reasonsToBits,
} from './report-options.ts';

export interface ReportMember {
  /** Place in the data set, from 0. */
  index: number;
  value: AccessResult;
  reference?: string;
  reasons?: ReasonForInclusion[];
}

export interface ReportMessage {
  reportId: string;
  sequenceNumber?: number;
  timeOfEntryMs?: number;
  dataSet?: string;
  bufferOverflow?: boolean;
  entryId?: Buffer;
  confRev?: number;
  segment?: { number: number; moreFollow: boolean };
  memberCount: number;
  members: ReportMember[];
}

export const isReport = ({ access }: InformationReport): boolean =>
  access.kind === 'list' && access.name.scope === 'vmd' && access.name.item === 'RPT';

const unsigned = (value: number): MmsValue => ({ type: 'unsigned', value });
const boolean = (value: boolean): MmsValue => ({ type: 'boolean', value });
const string = (value: string): MmsValue => ({ type: 'visible-string', value });
const bitString = (value: Bits): MmsValue => ({ type: 'bit-string', value });

export function encodeReportMessage(message: ReportMessage): InformationReport {
  const { sequenceNumber, timeOfEntryMs, dataSet, bufferOverflow, entryId, confRev, segment, members } = message;
  const options: ReportOptions = {
    sequenceNumber: sequenceNumber !== undefined,
    timeStamp: timeOfEntryMs !== undefined,
    reason: members.length > 0 && members.every(({ reasons }) => reasons !== undefined),
    dataSetName: dataSet !== undefined,
    dataReference: members.length > 0 && members.every(({ reference }) => reference !== undefined),
    bufferOverflow: bufferOverflow !== undefined,
    entryId: entryId !== undefined,
    confRev: confRev !== undefined,
    segmentation: segment !== undefined,
  };
  const results: AccessResult[] = [string(message.reportId), bitString(optionsToBits(options))];
  if (sequenceNumber !== undefined) results.push(unsigned(sequenceNumber));
  if (timeOfEntryMs !== undefined) results.push({ type: 'binary-time', value: binaryTimeOf(timeOfEntryMs) });
  if (dataSet !== undefined) results.push(string(dataSet));
  if (bufferOverflow !== undefined) results.push(boolean(bufferOverflow));
  if (entryId !== undefined) results.push({ type: 'octet-string', value: entryId });
  if (confRev !== undefined) results.push(unsigned(confRev));
  if (segment) results.push(unsigned(segment.number), boolean(segment.moreFollow));
  results.push(
    bitString(
      bitsOf(
        message.memberCount,
        members.map(({ index }) => index),
      ),
    ),
  );
  if (options.dataReference) results.push(...members.map(({ reference }) => string(reference!)));
  results.push(...members.map(({ value }) => value));
  if (options.reason) results.push(...members.map(({ reasons }) => bitString(reasonsToBits(reasons!))));
  return { access: { kind: 'list', name: { scope: 'vmd', item: 'RPT' } }, results };
}

/** @throws ProtocolError when fields are missing or have another type */
export function decodeReportMessage({ results }: InformationReport): ReportMessage {
  const fields = new Fields(results);
  const reportId = fields.take('visible-string', 'RptID').value;
  const options = bitsToOptions(fields.take('bit-string', 'OptFlds').value);
  const message: ReportMessage = { reportId, memberCount: 0, members: [] };
  if (options.sequenceNumber) message.sequenceNumber = fields.number('SqNum');
  if (options.timeStamp) {
    const timeMs = binaryTimeToEpochMs(fields.take('binary-time', 'TimeOfEntry').value);
    if (timeMs !== undefined) message.timeOfEntryMs = timeMs;
  }
  if (options.dataSetName) message.dataSet = fields.take('visible-string', 'DatSet').value;
  if (options.bufferOverflow) message.bufferOverflow = fields.take('boolean', 'BufOvfl').value;
  if (options.entryId) message.entryId = Buffer.from(fields.take('octet-string', 'EntryID').value);
  if (options.confRev) message.confRev = fields.number('ConfRev');
  if (options.segmentation) {
    const number = fields.number('SubSqNum');
    message.segment = { number, moreFollow: fields.take('boolean', 'MoreSegmentsFollow').value };
  }
  const inclusion = fields.take('bit-string', 'Inclusion').value;
  message.memberCount = inclusion.size;
  message.members = decodeMembers(fields, inclusion, options);
  return message;
}

function decodeMembers(fields: Fields, inclusion: Bits, options: ReportOptions): ReportMember[] {
  const indexes: number[] = [];
  for (let bit = 0; bit < inclusion.size; bit++) if (hasBit(inclusion, bit)) indexes.push(bit);
  const perMember = 1 + Number(options.dataReference) + Number(options.reason);
  if (fields.left !== indexes.length * perMember) {
    throw new ProtocolError('acsi', `a report with ${fields.left} values for ${indexes.length} members`);
  }
  const references = options.dataReference
    ? indexes.map(() => fields.take('visible-string', 'data reference').value)
    : undefined;
  const values = indexes.map(() => fields.any());
  const reasons = options.reason
    ? indexes.map(() => bitsToReasons(fields.take('bit-string', 'reason').value))
    : undefined;
  return indexes.map((index, at) => ({
    index,
    value: values[at]!,
    ...(references && { reference: references[at]! }),
    ...(reasons && { reasons: reasons[at]! }),
  }));
}

/** Members of the union may stand for several types, which `Extract` by one of them would miss. */
type OfType<Result, Type> = Result extends { type: infer Own } ? (Type extends Own ? Result : never) : never;

/** Fields one after the other, each with its type. */
class Fields {
  readonly #results: AccessResult[];
  #at = 0;

  constructor(results: AccessResult[]) {
    this.#results = results;
  }

  get left(): number {
    return this.#results.length - this.#at;
  }

  any(): AccessResult {
    const result = this.#results[this.#at++];
    if (!result) throw new ProtocolError('acsi', 'a report that ends early');
    return result;
  }

  take<Type extends AccessResult['type']>(type: Type, what: string): OfType<AccessResult, Type> {
    const result = this.any();
    if (result.type !== type) throw new ProtocolError('acsi', `${what} of a report is ${result.type}`);
    return result as OfType<AccessResult, Type>;
  }

  number(what: string): number {
    const result = this.any();
    if ((result.type !== 'unsigned' && result.type !== 'integer') || typeof result.value !== 'number') {
      throw new ProtocolError('acsi', `${what} of a report is ${result.type}`);
    }
    return result.value;
  }
}
