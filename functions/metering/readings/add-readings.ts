/** Takes in readings that people or other systems hand in, judged like those of MQTT, with an outcome for each. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import type { ReadingSource } from '../../../layers/metering/reading-codec.ts';
import { type ReportedReading, readRegisters } from '../../../layers/metering/reading-message.ts';
import { toUnits } from '../../../layers/metering/register.ts';
import { isRejection, type Rejection, rejectionReasons } from '../../../layers/metering/rejection-reasons.ts';
import { type Arrival, acceptReadings } from '../ingest/accept-readings.ts';
import type { NewReading, Outcome } from './reading-schema.ts';

export interface Submission {
  readings: readonly (NewReading & { meterId: string })[];
  source: ReadingSource;
  locale: Locale;
}

/** @throws AppError `unavailable` when not all accepted readings could be written: sending them again is harmless */
export async function addReadings(
  session: TenantSession,
  { readings, source, locale }: Submission,
): Promise<{ status: number; data: Outcome }> {
  const receivedMs = Date.parse(session.context.now());
  const read = readings.map(toReported);
  const arrivals: Arrival[] = [];
  const arrivalOf = read.map((reading) => {
    if (isRejection(reading)) return undefined;
    return (
      arrivals.push({
        session,
        reading,
        stationId: undefined,
        receivedMs,
        source,
        origin: session.context.correlationId || 'api',
      }) - 1
    );
  });
  const { rejections, unfinished } = await acceptReadings(arrivals);
  if (unfinished.size > 0) throw new AppError('unavailable', 'Not all readings could be stored. Send them again.');
  const results = readings.map(({ meterId, time }, index): Outcome['results'][number] => {
    const place = arrivalOf[index];
    const rejection = place === undefined ? (read[index] as Rejection) : rejections[place];
    return rejection === undefined
      ? { index, meterId, time, status: 'accepted' }
      : {
          index,
          meterId,
          time,
          status: 'rejected',
          reason: rejection.reason,
          message: rejectionReasons[rejection.reason][locale],
          detail: rejection.detail,
        };
  });
  const rejected = results.filter(({ status }) => status === 'rejected').length;
  return {
    status: rejected === 0 ? 201 : 207,
    data: { accepted: results.length - rejected, rejected, results },
  };
}

/** One reading of one meter: refused, it is an error and not an outcome. */
export async function addReading(session: TenantSession, submission: Submission) {
  const answer = await addReadings(session, submission);
  const [result] = answer.data.results;
  if (result?.status === 'rejected')
    throw new AppError('unprocessable', `${result.message} ${result.detail}`, {
      details: [{ in: 'body', path: '', message: `${result.reason}: ${result.detail}` }],
    });
  return answer;
}

function toReported({
  meterId,
  time,
  registerKwh,
  exportRegisterKwh,
  registers,
  ...measured
}: NewReading & {
  meterId: string;
}): ReportedReading | Rejection {
  const reading: ReportedReading = { ...measured, meterId, timeMs: Date.parse(time), register: toUnits(registerKwh)! };
  if (exportRegisterKwh !== undefined) reading.exportRegister = toUnits(exportRegisterKwh)!;
  if (registers !== undefined) {
    const read = readRegisters(registers);
    if (isRejection(read)) return read;
    reading.registers = read.byCode;
  }
  return reading;
}
