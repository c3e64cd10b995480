/** Sends a notice to every device of some users, each in its language, once for a reference; devices that are gone are forgotten. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { failuresOf, sendPush } from '../../platform/contract.ts';
import type { PushDevice } from './push-device-entity.ts';
import { devicesOf, removeDevice } from './push-devices.ts';

export interface Notice {
  title: string;
  body: string;
}

export interface PushOrder {
  userIds: readonly string[];
  /** What a locked screen shows to everybody: nothing that is the reader's alone. */
  notice: Record<PushDevice['language'], Notice>;
  /** For the app, to open what it is about. */
  data: Record<string, string>;
  reference: string;
}

type Sent = Awaited<ReturnType<typeof sendPush>>;

/**
 * The app was removed, or its token renewed. A token of another project (`SENDER_ID_MISMATCH`) is refused and stays: were it
 * forgotten, a service account of the wrong project would forget everybody's telephones.
 * @see https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
 */
const goneCodes: readonly (string | undefined)[] = ['UNREGISTERED', 'NOT_FOUND'];

/**
 * @returns undefined where nobody has a device, or not any more
 * @throws what kept it from every device; where one may still take it, what kept it from that one
 */
export async function pushToUsers(session: TenantSession, order: PushOrder): Promise<Sent | undefined> {
  const devices = (await Promise.all(order.userIds.map((userId) => devicesOf(session, userId)))).flat();
  const outcomes = await Promise.allSettled(devices.map((device) => pushToDevice(session, device, order)));
  const errors: unknown[] = [];
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') errors.push(outcome.reason);
    else if (outcome.value !== undefined) return outcome.value;
  if (errors.length > 0) throw errors.find((error) => !isRefusal(error)) ?? errors[0];
  return undefined;
}

/** Whether everybody refused for good, each for a reason that `isSuch` knows. */
function isRefusal(error: unknown, isSuch = (_code: string | undefined) => true): boolean {
  const failures = failuresOf(error);
  return (
    failures.length > 0 && failures.every(({ reason, providerCode }) => reason === 'rejected' && isSuch(providerCode))
  );
}

async function pushToDevice(
  session: TenantSession,
  device: PushDevice & Stored,
  { notice, data, reference }: PushOrder,
): Promise<Sent | undefined> {
  const { id, token, language, userId } = device;
  try {
    return await sendPush(session, { token, ...notice[language], data, reference: `${reference} ${id}` });
  } catch (error) {
    if (!isRefusal(error, (code) => goneCodes.includes(code))) throw error;
    await removeDevice(session, userId, id).catch((failure: unknown) => {
      // Registered anew, or removed, in this very moment.
      if (!isAppError(failure) || !['not_found', 'version_conflict'].includes(failure.code)) throw failure;
    });
    return undefined;
  }
}
