/** Takes in a file of a bank: small ones in the request, large ones by upload. Reading it is the queue's work. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import {
  describeObject,
  type SignedUpload,
  signUpload,
  writeObject,
} from '../../../layers/kernel/files/signed-urls.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { bankAccountEntity, bankImportEntity } from './bank-entities.ts';
import type { BankImport, NewImport } from './bank-schema.ts';

export const bankFileBucket = 'bank-files';
export const bankImportQueue = 'bank-imports';

export interface ImportMessage {
  tenantId: string;
  importId: string;
  /** Lines done when the message was written; another one is late or repeated. */
  position: number;
  /** Sent before anything else, for a request that dies before it has its file read. */
  isReminder?: boolean | undefined;
}

const contentType = 'text/plain';

export const keyOf = ({ tenantId }: TenantSession, importId: string): string => `${tenantId}/${importId}`;

/** @throws AppError `not_found` for an account nobody has described */
export async function newImport(
  session: TenantSession,
  { bankAccount, format, fileName, content, sizeBytes }: NewImport,
): Promise<BankImport & Stored & { upload?: SignedUpload }> {
  const account = await session.require(bankAccountEntity, { code: bankAccount });
  const id = newId('bim');
  const key = keyOf(session, id);
  const made: BankImport = {
    id,
    bankAccount,
    format: format ?? account.format,
    status: content === undefined ? 'waiting' : 'reading',
    position: 0,
    matched: 0,
    suspense: 0,
    returned: 0,
    outgoing: 0,
    duplicates: 0,
    ...(fileName === undefined ? {} : { fileName }),
  };
  // The file is there before anybody is told of it.
  if (content !== undefined) {
    await writeObject(bankFileBucket, key, content, contentType);
    await remind(session, id);
  }
  const stored = await session.transact('billing', (unit) => unit.create(bankImportEntity, made));
  if (content === undefined)
    return { ...stored, upload: await signUpload(bankFileBucket, { key, contentType, sizeBytes: sizeBytes! }) };
  await orderPage(session, id, 0);
  return stored;
}

/** Begins to read a file that was uploaded, or goes on where reading it stopped. @throws AppError `conflict` */
export async function startImport(session: TenantSession, id: string): Promise<BankImport & Stored> {
  const before = await session.require(bankImportEntity, { id });
  if (before.status === 'completed' || before.status === 'failed')
    throw new AppError('conflict', undefined, {
      texts: { en: `The import is ${before.status}.`, ar: `حالة الاستيراد: ${before.status}.` },
    });
  if ((await describeObject(bankFileBucket, keyOf(session, id))) === undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'The file has not been uploaded yet.', ar: 'لم يُرفع الملف بعد.' },
    });
  let started = before;
  if (before.status === 'waiting') {
    await remind(session, id);
    started = await session.transact('billing', (unit) => unit.update(bankImportEntity, before, { status: 'reading' }));
  }
  await orderPage(session, id, started.position);
  return started;
}

export const orderPage = (
  { tenantId }: TenantSession,
  importId: string,
  position: number,
  delaySeconds = 0,
): Promise<void> => send({ tenantId, importId, position }, delaySeconds);

/** Longer than a request lasts. */
const reminderSeconds = 60;

const remind = ({ tenantId }: TenantSession, importId: string): Promise<void> =>
  send({ tenantId, importId, position: 0, isReminder: true }, reminderSeconds);

const send = (message: ImportMessage, delaySeconds: number): Promise<void> =>
  sendMessages(bankImportQueue, [{ body: JSON.stringify(message), delaySeconds }]);
