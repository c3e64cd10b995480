/** Uploads and downloads of tickets' files: signed URLs out, and the check that what a ticket takes is really there and the writer's own. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { describeObject, signDownload, signUpload } from '../../../layers/kernel/files/signed-urls.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import {
  type Attachment,
  attachmentBucket,
  attachmentEntity,
  type NewAttachment,
  objectKey,
} from './attachment-entity.ts';

const expiresIn = 900;

export async function signUploads(session: TenantSession, subject: string, files: readonly NewAttachment[]) {
  const attachments = files.map((file) => ({ ...file, id: newId('att'), uploadedBy: subject }));
  await session.transact('support', (unit) => {
    for (const attachment of attachments) unit.create(attachmentEntity, attachment);
  });
  const uploads = await Promise.all(
    attachments.map(async ({ id, filename, contentType, sizeBytes, sha256 }) => {
      const key = objectKey(session.tenantId, id);
      const file = { key, contentType, sizeBytes, ...(sha256 === undefined ? {} : { sha256 }) };
      return { attachmentId: id, filename, ...(await signUpload(attachmentBucket, file, expiresIn)) };
    }),
  );
  return { uploads };
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
