/** Uploads and downloads of tickets' files: signed URLs out, and the check that what a ticket takes is really there and the writer's own. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import {
  describeObject,
  type SignedUpload,
  signDownload,
  signUpload,
} from '../../../layers/kernel/files/signed-urls.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import {
  type Attachment,
  attachmentBucket,
  attachmentEntity,
  contentTypes,
  type InlineFile,
  type NewAttachment,
  objectKey,
} from './attachment-entity.ts';

const expiresIn = 900;

/**
 * Registers files of a person: small ones that came with the request are stored at once, the others get a URL to send them to.
 * @throws AppError `unprocessable` for an inline file of a type that is not taken
 */
export async function signUploads(
  session: TenantSession,
  subject: string,
  files: readonly (NewAttachment | InlineFile)[],
) {
  const given = files.map((file) => ({ id: newId('att'), ...readFile(file) }));
  await session.transact('support', (unit) => {
    for (const { bytes: _bytes, ...file } of given) unit.create(attachmentEntity, { ...file, uploadedBy: subject });
  });
  const signed = await Promise.all(
    given.map(async ({ id, bytes, filename, contentType, sizeBytes, sha256 }) => {
      const key = objectKey(session.tenantId, id);
      const file = { key, contentType, sizeBytes, ...(sha256 === undefined ? {} : { sha256 }) };
      const upload = await signUpload(attachmentBucket, file, expiresIn);
      if (bytes === undefined) return { upload: { attachmentId: id, filename, ...upload } };
      await store(upload, bytes);
      return { url: await signDownload(attachmentBucket, key, expiresIn) };
    }),
  );
  return {
    urls: signed.flatMap(({ url }) => url ?? []),
    attachmentIds: given.map(({ id }) => id),
    uploads: signed.flatMap(({ upload }) => upload ?? []),
  };
}

/** What is to be known of a file, with its bytes where they came along. */
function readFile(file: NewAttachment | InlineFile): NewAttachment & { bytes?: Buffer<ArrayBuffer> } {
  if (!('base64' in file)) return file;
  const comma = file.base64.indexOf(',');
  const written = file.base64.slice('data:'.length, file.base64.indexOf(';'));
  const contentType = contentTypes.find((type) => type === written);
  if (contentType === undefined)
    throw new AppError('unprocessable', undefined, {
      texts: { en: `Files of type ${written} are not taken.`, ar: `لا تُقبل الملفات من نوع ${written}.` },
    });
  const bytes = Buffer.from(file.base64.slice(comma + 1), 'base64');
  return { filename: file.filename, contentType, sizeBytes: bytes.length, bytes };
}

/** By the same signed URL that a browser would use, so that there is one way into the bucket. */
async function store({ url, headers }: SignedUpload, body: Buffer<ArrayBuffer>): Promise<void> {
  const { 'content-length': _length, ...sent } = headers;
  const answer = await fetch(url, { method: 'PUT', headers: sent, body });
  if (!answer.ok) throw new AppError('unavailable', `S3 answered ${answer.status} to an upload.`);
}

/** Files to take, as they are. @throws AppError `not_found` for another person's; `conflict` for one taken or not uploaded */
export async function readyAttachments(
  session: TenantSession,
  subject: string,
  ids: readonly string[] = [],
): Promise<(Attachment & Stored)[]> {
  return Promise.all(
    [...new Set(ids)].map(async (id) => {
      const attachment = await session.require(attachmentEntity, { id });
      if (attachment.uploadedBy !== subject) throw notFound('attachment', id);
      if (attachment.ticketId !== undefined)
        throw new AppError('conflict', undefined, {
          texts: { en: 'The file is in a ticket already.', ar: 'الملف مرفق بتذكرة بالفعل.' },
        });
      if ((await describeObject(attachmentBucket, objectKey(session.tenantId, id))) === undefined)
        throw new AppError('conflict', undefined, {
          texts: {
            en: `Upload the file "${attachment.filename}" first.`,
            ar: `ارفع الملف "${attachment.filename}" أولًا.`,
          },
        });
      return attachment;
    }),
  );
}

/** A file goes into one ticket: whoever comes second meets the version. */
export function takeAttachments(
  unit: UnitOfWork,
  attachments: readonly (Attachment & Stored)[],
  ticketId: string,
  isInternal = false,
): void {
  for (const attachment of attachments)
    unit.update(attachmentEntity, attachment, { ticketId, ...(isInternal ? { isInternal } : {}) });
}

/** @param forCustomer files of internal notes do not exist then */
export async function signTicketFile(session: TenantSession, ticketId: string, id: string, forCustomer: boolean) {
  const attachment = await session.require(attachmentEntity, { id });
  if (attachment.ticketId !== ticketId || (forCustomer && attachment.isInternal)) throw notFound('attachment', id);
  const { filename, contentType, sizeBytes } = attachment;
  const url = await signDownload(attachmentBucket, objectKey(session.tenantId, id), expiresIn);
  return { filename, contentType, sizeBytes, url, expiresIn };
}
