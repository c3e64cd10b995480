/**
 * When a device was heard of, and how many operations it had done by then: what it did afterwards was not done before, whatever
 * its clock says. The device counts its operations, the server keeps the times.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { ClockBounds } from './device-clock.ts';
import { maxOperationNumber, operationId } from './operation-schema.ts';

export const countingDeviceSchema = z.object({
  /** Made by the app; another one whenever it begins to count anew, as when it is installed again. */
  id: operationId(),
  /** Of the last operation it has done, handed in or not; 0 before the first. */
  lastOperationNumber: z.int().check(z.gte(0), z.lte(maxOperationNumber)),
});
export type CountingDevice = z.infer<typeof countingDeviceSchema>;

/** The device was heard of from `firstAt` to `lastAt`, ISO 8601, when its last operation was this one. */
export interface Contact {
  operationNumber: number;
  firstAt: string;
  lastAt: string;
}

interface DeviceContacts {
  userId: string;
  deviceId: string;
  /** In order of both number and time. */
  contacts: Contact[];
  /** Of the last one. */
  lastAt: string;
}

const maxContacts = 60;
/** A device that only asks, again and again, is written down this often. */
const notedEveryMs = 60_000;
const keepSeconds = 400 * 86_400;

const contactsEntity = defineEntity<DeviceContacts, Pick<DeviceContacts, 'userId' | 'deviceId'>>()({
  name: 'contacts of a field device',
  table: 'billing',
  key: ({ userId, deviceId }) => ({ pk: ['FIELD-CONTACTS', userId, deviceId], sk: ['FIELD-CONTACTS'] }),
  idOf: ({ userId, deviceId }) => `${userId} ${deviceId}`,
  expiresAt: ({ lastAt }) => Math.floor(Date.parse(lastAt) / 1000) + keepSeconds,
});

const isOperationNumber = (number: unknown): number is number =>
  Number.isInteger(number) && Number(number) >= 1 && Number(number) <= maxOperationNumber;

/**
 * Notes that a device is heard of now. It has done what it hands in, also where it says a lower number: else what it did hours ago
 * would count as done now. @returns what is known of it since it began to count
 */
export function noteContact(
  session: TenantSession,
  userId: string,
  { id: deviceId, lastOperationNumber: told }: CountingDevice,
  handedIn: readonly Record<string, unknown>[],
): Promise<readonly Contact[]> {
  const numbers = handedIn.map((operation) => operation['operationNumber']).filter(isOperationNumber);
  const lastOperationNumber = Math.max(told, ...numbers);
  return retryOnChangeOrMade(async () => {
    const now = session.context.now();
    const before = await session.get(contactsEntity, { userId, deviceId }, { consistent: true });
    const contacts = withContact(before?.contacts ?? [], lastOperationNumber, now);
    if (before !== undefined && contacts === before.contacts) return contacts;
    await session.transact('billing', (unit) => {
      if (before === undefined) unit.create(contactsEntity, { userId, deviceId, contacts, lastAt: now });
      else unit.update(contactsEntity, before, { contacts, lastAt: now }, { isAudited: false });
    });
    return contacts;
  });
}

function withContact(contacts: Contact[], operationNumber: number, now: string): Contact[] {
  const last = contacts.at(-1);
  if (last === undefined || last.operationNumber < operationNumber)
    return [...contacts, { operationNumber, firstAt: now, lastAt: now }].slice(-maxContacts);
  // One that was long under way says less than what came since.
  const isOld = last.operationNumber > operationNumber || Date.parse(now) - Date.parse(last.lastAt) < notedEveryMs;
  return isOld ? contacts : [...contacts.slice(0, -1), { ...last, lastAt: now }];
}

export function boundsOf(contacts: readonly Contact[], operationNumber: number | undefined): ClockBounds {
  if (operationNumber === undefined) return {};
  return {
    notBefore: contacts.findLast((contact) => contact.operationNumber < operationNumber)?.lastAt,
    notAfter: contacts.find((contact) => contact.operationNumber >= operationNumber)?.firstAt,
  };
}
