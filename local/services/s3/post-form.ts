/**
 * Uploads by an HTML form whose policy says what may be sent, and until when.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import { AwsError, type AwsRequest, type AwsResponse, type Clock } from '../../runtime/types.ts';
import type { Bucket } from './buckets.ts';
import { keptHeaders, storeObject } from './object-operations.ts';
import { xmlDocument } from './xml.ts';

/** Fields that no condition needs to name. */
const FREE_FIELDS = new Set(['policy', 'x-amz-signature', 'awsaccesskeyid', 'signature']);

export async function postForm(bucket: Bucket, request: AwsRequest, clock: Clock): Promise<AwsResponse> {
  const { fields, file } = await readForm(request);
  const key = (fields['key'] ?? '').replaceAll('${filename}', file.name);
  if (key === '') throw new AwsError('InvalidArgument', 'Bucket POST must contain a field named "key".');
  if (fields['policy'] === undefined)
    throw new AwsError('AccessDenied', 'A form without a policy is anonymous, and the bucket is private.', 403);
  checkPolicy(fields['policy'], { ...fields, bucket: bucket.name, key }, file.bytes.length, clock.now());
  const { etag } = await storeObject(bucket, key, file.bytes, clock, { headers: keptHeaders(fields) });
  const location = `${request.path.replace(/\/$/, '')}/${encodeURIComponent(key)}`;
  const redirect = fields['success_action_redirect'];
  if (redirect !== undefined) {
    const target = new URL(redirect);
    for (const [name, value] of [
      ['bucket', bucket.name],
      ['key', key],
      ['etag', etag],
    ])
      target.searchParams.set(name!, value!);
    return { status: 303, headers: { location: target.href, etag } };
  }
  const status = Number(fields['success_action_status'] ?? 204);
  if (status !== 201) return { status: status === 200 ? 200 : 204, headers: { etag, location } };
  const body = xmlDocument('PostResponse', { Location: location, Bucket: bucket.name, Key: key, ETag: etag });
  return { status: 201, headers: { 'content-type': 'application/xml', etag, location }, body };
}

interface Form {
  /** Lower-case names. */
  fields: Record<string, string>;
  file: { name: string; bytes: Buffer };
}

async function readForm({ headers, body }: AwsRequest): Promise<Form> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type']! },
    }).formData();
  } catch {
    throw new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.');
  }
  const fields: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === 'string') fields[name.toLowerCase()] = value;
  const file = form.get('file');
  if (!(file instanceof File))
    throw new AwsError('InvalidArgument', 'POST requires exactly one file upload per request.');
  return { fields, file: { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) } };
}

type PolicyCondition = Record<string, string> | [string, string | number, string | number];

/** Every condition must hold, and every field must be named by one. */
function checkPolicy(encoded: string, fields: Record<string, string>, size: number, nowMs: number): void {
  const { expiration, conditions } = decodePolicy(encoded);
  if (!(nowMs < Date.parse(expiration))) throw denied('Policy expired.');
  const named = new Set<string>();
  for (const condition of conditions) {
    if (!Array.isArray(condition)) {
      for (const [name, value] of Object.entries(condition)) check('eq', name, value);
      continue;
    }
    const [operator, first, second] = condition;
    if (operator !== 'content-length-range')
      check(operator.toLowerCase(), String(first).replace(/^\$/, ''), String(second));
    else if (size < Number(first))
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    else if (size > Number(second))
      throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  }
  const extra = Object.keys(fields).find(
    (name) => !named.has(name) && !FREE_FIELDS.has(name) && !name.startsWith('x-ignore-') && name !== 'bucket',
  );
  if (extra !== undefined) throw denied(`Extra input fields: ${extra}`);

  function check(operator: string, name: string, value: string): void {
    const field = name.toLowerCase();
    named.add(field);
    const actual = fields[field] ?? '';
    if (operator === 'starts-with' ? actual.startsWith(value) : operator === 'eq' && actual === value) return;
    throw denied(`Policy Condition failed: ["${operator}", "$${name}", "${value}"]`);
  }
}

function decodePolicy(encoded: string): { expiration: string; conditions: PolicyCondition[] } {
  try {
    const policy = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    if (typeof policy.expiration === 'string' && Array.isArray(policy.conditions)) return policy;
  } catch {
    // falls through to the same answer as a policy without its members
  }
  throw new AwsError(
    'InvalidPolicyDocument',
    'The content of the form does not meet the conditions specified in the policy document.',
  );
}

function denied(reason: string): AwsError {
  return new AwsError('AccessDenied', `Invalid according to Policy: ${reason}`, 403);
}
