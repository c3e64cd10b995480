/** A file somebody uploads for a ticket. It belongs to who asked for the upload, until a ticket or a reply takes it. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { label } from '../../../layers/kernel/schema/common.ts';

export const attachmentBucket = 'ticket-files';
/** As documented. */
const maxAttachmentBytes = 10 * 1024 * 1024;

/** What can be looked at without running anything. */
export const contentTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/heic',
  'application/pdf',
  'text/plain',
  'audio/mp4',
  'video/mp4',
] as const;

const newAttachmentSchema = z.object({
  filename: label(200),
  contentType: z.enum(contentTypes),
  sizeBytes: z.int().check(z.gte(1), z.lte(maxAttachmentBytes)),
  /** Hexadecimal; S3 refuses other bytes then. */
  sha256: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
});
export type NewAttachment = z.infer<typeof newAttachmentSchema>;

export interface Attachment extends NewAttachment {
  id: string;
  uploadedBy: string;
  /** Missing while nothing has taken it. */
  ticketId?: string;
  /** Of an internal note: not for the customer. */
  isInternal?: boolean;
}

export const attachmentEntity = defineEntity<Attachment>()({
  name: 'attachment',
  table: 'support',
  key: ({ id }) => ({ pk: ['ATTACHMENT', id], sk: ['ATTACHMENT'] }),
  idOf: ({ id }) => id,
});

export const objectKey = (tenantId: string, attachmentId: string): string => `${tenantId}/${attachmentId}`;

/** A small file in the request itself, as a data URL (RFC 2397). A request holds a megabyte. */
const inlineFileSchema = z.object({
  filename: label(200),
  base64: z.string().check(z.maxLength(1_000_000), z.regex(/^data:[a-z]+\/[a-z0-9.+-]+;base64,[A-Za-z0-9+/]+={0,2}$/)),
});
export type InlineFile = z.infer<typeof inlineFileSchema>;

export const uploadedSchema = z.object({
  /** Of the files that came in the request, to download them for a quarter of an hour. */
  urls: z.array(z.string()),
  /** Of all files, in order: what tickets and replies name. */
  attachmentIds: z.array(z.string()),
  /** Of the files that are still to be sent. */
  uploads: z.array(
    z.object({
      attachmentId: z.string(),
      filename: z.string(),
      method: z.literal('PUT'),
      url: z.string(),
      /** To be sent exactly so. */
      headers: z.record(z.string(), z.string()),
      /** Seconds. */
      expiresIn: z.int(),
    }),
  ),
});
export const uploadBodySchema = z.object({
  files: z.array(z.union([newAttachmentSchema, inlineFileSchema])).check(z.minLength(1), z.maxLength(10)),
});
export const downloadSchema = z.object({
  filename: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  url: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
});
