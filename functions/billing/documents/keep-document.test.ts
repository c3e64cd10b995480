/** Keeping a document while another keeps the same one, which the local S3 takes one after the other: AWS has one more answer. */
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { documentOf } from './keep-document.ts';

vi.mock('./make-document.ts', () => ({ makeDocument: async () => Buffer.from('%PDF-') }));

const invoice = { kind: 'invoice', id: `inv_${'0'.repeat(26)}` } as const;
const keep = () => documentOf(openSession('keep'), invoice, 'en');
const refusal = (name: string): Error => Object.assign(new Error(name), { name });
/** Answers to `PutObject` in turn, the last one from then on; undefined: it is kept. */
let answers: (string | undefined)[] = [];
let puts = 0;
/** Key of what was kept before. */
let kept: string | undefined;

const send = vi.spyOn(S3Client.prototype, 'send').mockImplementation(async (command: unknown) => {
  if (command instanceof HeadObjectCommand) {
    if (command.input.Key === kept) return {};
    throw refusal('NotFound');
  }
  const answer = answers[Math.min(puts++, answers.length - 1)];
  if (answer !== undefined) throw refusal(answer);
  return {};
});
afterAll(() => send.mockRestore());
beforeEach(() => {
  puts = 0;
  kept = undefined;
  process.env[environmentName.bucket('documents')] = 'documents';
});

it('leaves what was kept, by however old a version of the product: a bill stays as it was sent', async () => {
  kept = `keep/invoice/${invoice.id}/invoice-${invoice.id}-en.pdf`;
  expect(await keep()).toMatchObject({ key: kept });
  expect(puts).toBe(0);
});

it('leaves the first one where another kept it a moment earlier', async () => {
  answers = ['PreconditionFailed'];
  expect(await keep()).toMatchObject({ bucket: 'documents', filename: `invoice-${invoice.id}-en.pdf` });
});

it('tries again where S3 is still writing the other', async () => {
  answers = ['ConditionalRequestConflict', 'ConditionalRequestConflict', undefined];
  await keep();
  expect(puts).toBe(3);
});

it('fails as S3 does otherwise, and where S3 never comes to an end', async () => {
  for (const name of ['AccessDenied', 'ConditionalRequestConflict']) {
    answers = [name];
    await expect(keep()).rejects.toMatchObject({ name });
  }
});
