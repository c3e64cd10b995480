/**
 * Values on their way into a message: a message is closed when it is due or as large as MQTT lets it be. Until then they are
 * on disk as they came, so that a message keeps its number and its content for ever.
 */
import { maxPayloadBytes, maxValuesPerMessage, type ReportedValue } from '../../layers/station/messages.ts';
import { fromJsonValue, qualities, toJsonValue } from '../../layers/station/point-value.ts';

/** Before compression, which helps most and never harms. */
const maxPlainBytes = maxPayloadBytes * 0.75;

function plainBytes(value: ReportedValue): number {
  const { value: content, reason = '', pointId } = value;
  const text =
    typeof content === 'string' ? content.length * 3 : content instanceof Uint8Array ? content.length * 2 : 0;
  return 60 + pointId.length + text + reason.length * 3;
}

/** In order, into as few pieces as fit. */
export function splitIntoMessages(values: readonly ReportedValue[]): ReportedValue[][] {
  const pieces: ReportedValue[][] = [];
  let piece: ReportedValue[] = [];
  let bytes = 0;
  for (const value of values) {
    const size = plainBytes(value);
    if (piece.length > 0 && (piece.length >= maxValuesPerMessage || bytes + size > maxPlainBytes)) {
      pieces.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(value);
    bytes += size;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** How many values are worth closing a message before it is due. */
export const fullMessage = 1_000;

export const chunkText = (values: readonly ReportedValue[]): string =>
  JSON.stringify(
    values.map(({ pointId, value, quality, timeMs, reason, timeBy, isEvent }) => [
      pointId,
      toJsonValue(value),
      qualities.indexOf(quality),
      timeMs,
      reason ?? null,
      timeBy ?? null,
      isEvent ? 1 : 0,
    ]),
  );

/** @throws Error for what `chunkText` did not write */
export function readChunk(text: string): ReportedValue[] {
  return (JSON.parse(text) as unknown[][]).map(([pointId, json, quality, timeMs, reason, timeBy, isEvent]) => {
    const known = fromJsonValue(json);
    if (!known) throw new Error('Not a chunk of values.');
    return {
      pointId: pointId as string,
      value: known.value,
      quality: qualities[quality as number]!,
      timeMs: timeMs as number,
      ...(typeof reason === 'string' && { reason }),
      ...(typeof timeBy === 'string' && { timeBy: timeBy as 'device' }),
      ...(isEvent === 1 && { isEvent: true }),
    };
  });
}
