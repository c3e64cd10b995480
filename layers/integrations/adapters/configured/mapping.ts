/**
 * The shape of a mapping: how one operation of a provider without a public API is sent and read. It is data that the
 * tenant writes from its contract with the provider, so it is checked as strictly as any input.
 */
import * as z from 'zod/mini';
import { ProviderError, providerErrorCodes } from '../../provider.ts';

const text = z.string().check(z.maxLength(2000));
const texts = z.record(z.string().check(z.maxLength(100)), text);

const operationMapping = z.strictObject({
  method: z._default(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']), 'POST'),
  /** After `api_url`; placeholders are encoded for a URL. */
  path: text,
  query: z.optional(texts),
  headers: z.optional(texts),
  encoding: z._default(z.enum(['json', 'form', 'xml', 'none']), 'json'),
  /** JSON with placeholders; flat for a form; one text for XML. */
  body: z.optional(z.unknown()),
  /** Whether the provider answers with JSON or with bare text, which is then at the path `text`. */
  answer: z._default(z.enum(['json', 'text']), 'json'),
  /** What a good answer says; without it the status decides. */
  success: z.optional(
    z.strictObject({
      path: text,
      in: z.optional(z.array(z.union([z.string(), z.number(), z.boolean()]))),
      startsWith: z.optional(text),
    }),
  ),
  /** Our field → path in the answer. */
  result: z._default(texts, {}),
  /** Our field → the provider's value → ours. */
  values: z._default(z.record(z.string(), texts), {}),
  /** Paths of the code and text of an error; what a refusal in bare text begins with. */
  error: z._default(
    z.strictObject({ code: z.optional(text), message: z.optional(text), startsWith: z.optional(text) }),
    {},
  ),
  /** The provider's code, or what a bare text begins with → ours. */
  errors: z._default(z.record(z.string(), z.enum(providerErrorCodes)), {}),
});
export type OperationMapping = z.infer<typeof operationMapping>;
export type MappingInput = z.input<typeof operationMapping>;

const mappings = z.record(z.string().check(z.regex(/^[\w.-]{1,60}$/)), operationMapping);

/**
 * The provider's own mapping with the tenant's over it, operation by operation.
 * @throws ProviderError `configuration` that says where the text is wrong
 */
export function readMappings(
  text: string | undefined,
  defaults: Readonly<Record<string, MappingInput>>,
): Record<string, OperationMapping> {
  const own = text === undefined ? {} : parse(text);
  const result = mappings.safeParse({ ...defaults, ...own });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new ProviderError(
      'configuration',
      `operations: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is wrong'}`,
    );
  }
  return result.data;
}

function parse(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Said below, for everything that is no object of JSON.
  }
  throw new ProviderError('configuration', 'operations: not a JSON object.');
}
