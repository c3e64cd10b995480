/**
 * Documents in S3: an invoice, credit note or receipt is made once in a language and never changes afterwards, whatever becomes
 * of the customer's name, the utility's logo or the way the product draws. Whoever makes one second gets the first. What is drawn for the asking is there to be
 * fetched, and gone a day later.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { bucketName, isEndpointOverridden } from '../../../layers/kernel/config/resource-names.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { describeObject, signDownload } from '../../../layers/kernel/files/signed-urls.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';

const keptBucket = 'documents';
/** Apart, since digits of tokens must not lie where bills are kept for years. */
const drawnBucket = 'drawn-documents';
/** Drawn for the asking: an account goes on, and a token may have been taken back. */
const isDrawnAnew = ({ kind }: DocumentRef): boolean =>
  kind === 'statement' || kind === 'collective_bill' || kind === 'token_slip';

const loadSdk = () => import('@aws-sdk/client-s3');
let client: S3Client | undefined;

export interface KeptDocument {
  bucket: typeof keptBucket | typeof drawnBucket;
  key: string;
  filename: string;
}

/**
 * Finds the document, or makes and keeps it. Needs `readWrite` on its bucket.
 * @param known its customer, where it was read before
 * @throws AppError `not_found`
 */
export async function documentOf(
  session: TenantSession,
  document: DocumentRef,
  language: DocumentLanguage,
  known?: Customer,
): Promise<KeptDocument> {
  const kept = await keyOf(session, document, language);
  if (kept.bucket === keptBucket && (await describeObject(kept.bucket, kept.key)) !== undefined) return kept;
  const { makeDocument } = await import('./make-document.ts');
  await keep(kept, await makeDocument(session, document, language, known));
  return kept;
}

/** Keeps for a day what is no customer's document, in place of what was drawn before it. @param path within the tenant's */
export async function keepDrawn(
  { tenantId }: TenantSession,
  path: string,
  filename: string,
  bytes: Buffer,
): Promise<KeptDocument> {
  const drawn: KeptDocument = { bucket: drawnBucket, key: `${tenantId}/${path}`, filename };
  await keep(drawn, bytes);
  return drawn;
}

const mostTries = 4;

/**
 * Keeps what was drawn; the first one stays of what never changes.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html (412: it is there; 409: try again)
 */
async function keep({ bucket, key, filename }: KeptDocument, bytes: Buffer, attempt = 1): Promise<void> {
  const { PutObjectCommand } = await loadSdk();
  try {
    await (await s3()).send(
      new PutObjectCommand({
        Bucket: bucketName(bucket),
        Key: key,
        Body: bytes,
        ContentType: 'application/pdf',
        ContentDisposition: `inline; filename="${filename}"`,
        ...(bucket === drawnBucket ? {} : { IfNoneMatch: '*' }),
      }),
    );
  } catch (error) {
    const { name } = error as { name?: string };
    if (name === 'ConditionalRequestConflict' && attempt < mostTries)
      return keep({ bucket, key, filename }, bytes, attempt + 1);
    // Somebody kept it a moment earlier.
    if (name !== 'PreconditionFailed') throw error;
  }
}

/** @returns a URL good for a quarter of an hour */
export const downloadUrl = ({ bucket, key }: KeptDocument): Promise<string> => signDownload(bucket, key, urlSeconds);
export const urlSeconds = 900;

export async function readDocument({ bucket, key }: KeptDocument): Promise<Uint8Array> {
  const { GetObjectCommand } = await loadSdk();
  const { Body } = await (await s3()).send(new GetObjectCommand({ Bucket: bucketName(bucket), Key: key }));
  return Body!.transformToByteArray();
}

/** A receipt of a payment that was taken back is another document. */
async function keyOf(session: TenantSession, document: DocumentRef, language: DocumentLanguage): Promise<KeptDocument> {
  const { kind, id, print = 1 } = document;
  const isReversed =
    kind === 'receipt' && (await session.get(paymentEntity, { id }, { consistent: true }))?.status === 'reversed';
  const name = `${kind}${isReversed ? '-reversed' : ''}-${id}${print > 1 ? `-copy-${print}` : ''}-${language}`;
  const bucket = isDrawnAnew(document) ? drawnBucket : keptBucket;
  return { bucket, key: `${session.tenantId}/${kind}/${id}/${name}.pdf`, filename: `${name}.pdf` };
}

async function s3(): Promise<S3Client> {
  const { S3Client } = await loadSdk();
  client ??= new S3Client({ forcePathStyle: isEndpointOverridden() });
  return client;
}
