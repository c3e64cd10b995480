/**
 * TypeScript types of the API, from its OpenAPI document, in the shape that `openapi-fetch` takes: what a path needs, takes and
 * answers is known while a client is written.
 * @see https://openapi-ts.dev/openapi-fetch/
 */
import { referredTo } from '../../layers/kernel/openapi/references.ts';
import type { Json } from '../../layers/kernel/openapi/to-schema.ts';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
const places = ['query', 'header', 'path', 'cookie'] as const;

/** @returns a module that exports `paths`, `webhooks` (what endpoints receive, by event type) and `components` */
export function clientTypes(document: Json): string {
  const parameterAt = (place: Json): Json => (place['$ref'] ? referredTo(document, place['$ref']) : place);
  const paths = Object.entries(document['paths'] as Json).map(
    ([path, operations]) => `${name(path)}: {\n${pathOf(operations, parameterAt)}\n}`,
  );
  const responses = Object.entries(document['components'].responses as Json).map(
    ([key, response]) => `${name(key)}: ${responseOf(response)}`,
  );
  const schemas = Object.entries(document['components'].schemas as Json).map(
    ([key, schema]) => `${name(key)}: ${typeOf(schema)}`,
  );
  const messages = Object.entries((document['webhooks'] ?? {}) as Json).map(
    ([type, { post }]) =>
      `${comment(post)}${name(type)}: ${typeOf(post.requestBody.content['application/json'].schema)}`,
  );
  return `/** Types of ${document['info'].title} ${document['info'].version}, for \`openapi-fetch\`: \`createClient<paths>({ baseUrl })\`. */
export interface paths {
${paths.join(';\n')};
}
export interface webhooks {
${messages.join(';\n')};
}
export interface components {
schemas: {
${schemas.join(';\n')};
};
responses: {
${responses.join(';\n')};
};
}
`;
}

function pathOf(operations: Json, parameterAt: (place: Json) => Json): string {
  const lines = methods.map((method) =>
    operations[method]
      ? `${comment(operations[method])}${method}: ${operationOf(operations[method], parameterAt)}`
      : `${method}?: never`,
  );
  return ['parameters: { query?: never; header?: never; path?: never; cookie?: never }', ...lines].join(';\n');
}

function operationOf({ parameters = [], requestBody, responses }: Json, parameterAt: (place: Json) => Json): string {
  const taken = parameters.map(parameterAt);
  const body = requestBody
    ? `requestBody${requestBody.required ? '' : '?'}: { content: ${contentOf(requestBody.content)} }`
    : 'requestBody?: never';
  const answers = Object.entries(responses as Json).map(([status, answer]) => `${status}: ${responseOf(answer)}`);
  return `{ parameters: { ${places.map((place) => parametersIn(place, taken)).join('; ')} }; ${body}; responses: { ${answers.join('; ')} } }`;
}

const responseOf = ({ $ref, content }: Json): string =>
  $ref
    ? componentOf($ref)
    : `{ headers: { [name: string]: unknown }; content${content ? `: ${contentOf(content)}` : '?: never'} }`;

/** `#/components/schemas/Problem` is `components["schemas"]["Problem"]`. */
const componentOf = (reference: string): string => {
  const [kind, key] = reference.split('/').slice(-2) as [string, string];
  return `components[${name(kind)}][${name(key)}]`;
};

function parametersIn(place: string, parameters: Json[]): string {
  const here = parameters.filter((parameter) => parameter['in'] === place);
  if (here.length === 0) return `${place}?: never`;
  const fields = here.map(({ name: key, required, schema }) => `${name(key)}${required ? '' : '?'}: ${typeOf(schema)}`);
  return `${place}${here.some(({ required }) => required) ? '' : '?'}: { ${fields.join('; ')} }`;
}

const contentOf = (content: Json): string =>
  `{ ${Object.entries(content)
    .map(([type, { schema }]) => `${name(type)}: ${schema ? typeOf(schema) : 'unknown'}`)
    .join('; ')} }`;

/** The type of what a JSON Schema (2020-12) lets through, as far as types go. */
export function typeOf(schema: Json | boolean): string {
  if (typeof schema === 'boolean') return schema ? 'unknown' : 'never';
  const { $ref, anyOf, oneOf, allOf, type, properties } = schema;
  if (typeof $ref === 'string') return componentOf($ref);
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (schema['enum']) return schema['enum'].map((value: unknown) => JSON.stringify(value)).join(' | ');
  if (anyOf ?? oneOf) return among(anyOf ?? oneOf, ' | ');
  if (allOf) return among(allOf, ' & ');
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(' | ');
  if (type === 'array') return arrayOf(schema);
  if (type === 'object' || properties) return objectOf(schema);
  return (
    { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' }[type as string] ??
    'unknown'
  );
}

const among = (schemas: Json[], by: string): string => schemas.map((one) => `(${typeOf(one)})`).join(by);

function arrayOf({ items, prefixItems }: Json): string {
  return prefixItems ? `[${prefixItems.map(typeOf).join(', ')}]` : `(${items ? typeOf(items) : 'unknown'})[]`;
}

function objectOf({ properties, required = [], additionalProperties }: Json): string {
  const fields = Object.entries((properties ?? {}) as Json).map(
    ([key, schema]) => `${name(key)}${required.includes(key) ? '' : '?'}: ${typeOf(schema)}`,
  );
  const rest = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown';
  if (fields.length === 0)
    return additionalProperties === false ? 'Record<string, never>' : `{ [key: string]: ${rest} }`;
  return `{ ${fields.join('; ')} }`;
}

const name = (key: string): string => JSON.stringify(key);

/** A summary cannot end the comment it stands in. */
const comment = ({ operationId, summary }: Json): string =>
  `/** ${operationId}: ${String(summary).replaceAll('*/', '* /')} */\n`;
