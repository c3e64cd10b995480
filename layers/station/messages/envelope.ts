/** What every message of a gateway begins with: enough to recognise a second delivery. */
import * as z from 'zod/mini';

export const identifier = () => z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'Not an identifier.'));
/** Milliseconds since the epoch. */
export const timeMs = () => z.number().check(z.int(), z.gte(0), z.lte(8.64e15));
export const reasonText = () => z.string().check(z.maxLength(500));

/**
 * A message is the same one if and only if `storeId` and `seq` are. The store is made new when its file is lost, and
 * with it the id; numbers then begin again at 1. They rise in the order of storing, over every kind of message.
 */
export const envelope = {
  storeId: z.string().check(z.regex(/^[A-Za-z0-9_-]{8,36}$/, 'Not the id of a store.')),
  seq: z.number().check(z.int(), z.gte(1), z.lte(Number.MAX_SAFE_INTEGER)),
};

export const recordedEnvelope = z.object(envelope);
