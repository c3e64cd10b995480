/** Every schema of a document with the name it would have if it had to be called something. */
import { pascalCase, singular } from './component-names.ts';
import type { Json } from './to-schema.ts';

/** A way to call a schema; of several the one with the lowest rank is best. */
export interface Title {
  name: string;
  rank: number;
}

const ranks: Record<string, number> = { get: 0, list: 1, create: 2, update: 3 };
const otherVerb = 4;
const inRequest = 10;
const inMessage = 20;
const inParameter = 30;

/** `getInvoice` is about an invoice; of `logInByCode` only the whole tells. */
const verbAndNoun = /^([a-z]+)(?!(?:At|By|For|From|In|Now|Of|On|To|Up|With)(?![a-z]))([A-Z].*)$/;

/** The document with each schema replaced; a schema comes with the titles it could have, best first. */
export function mapSchemas(document: Json, change: (schema: Json, titles: Title[]) => Json): Json {
  const paths = mapValues(document['paths'], (methods) =>
    mapValues(methods, (operation) => mapOperation(operation, change)),
  );
  const webhooks = mapValues(document['webhooks'], ({ post }, type) => {
    const titles = [{ name: `${pascalCase(type)}Message`, rank: inMessage }];
    return {
      post: { ...post, requestBody: mapContent(post.requestBody, (schema) => mapData(schema, titles, change)) },
    };
  });
  return { ...document, paths, webhooks };
}

function mapOperation(operation: Json, change: (schema: Json, titles: Title[]) => Json): Json {
  const { operationId, parameters, requestBody, responses } = operation;
  const whole = pascalCase(operationId);
  const [, verb, noun = whole] = verbAndNoun.exec(operationId) ?? [];
  const answer = [
    { name: noun, rank: ranks[verb!] ?? otherVerb },
    { name: `${whole}Result`, rank: 2 * otherVerb },
  ];
  const request = [
    { name: `${noun}Input`, rank: inRequest },
    { name: `${whole}Request`, rank: inRequest + 1 },
  ];
  return {
    ...operation,
    parameters: parameters.map((one: Json) =>
      one['schema']
        ? {
            ...one,
            schema: change(one['schema'], [{ name: singular(noun) + pascalCase(one['name']), rank: inParameter }]),
          }
        : one,
    ),
    ...(requestBody ? { requestBody: mapContent(requestBody, (schema) => change(schema, request)) } : {}),
    responses: mapValues(responses, (response) =>
      response.content ? mapContent(response, (schema) => mapData(schema, answer, change)) : response,
    ),
  };
}

const mapContent = (holder: Json, change: (schema: Json) => Json): Json => ({
  ...holder,
  content: mapValues(holder['content'], (media) => (media.schema ? { ...media, schema: change(media.schema) } : media)),
});

/** The envelope of an answer or a message stays where it is: what counts is its `data`. */
function mapData(schema: Json, titles: Title[], change: (schema: Json, titles: Title[]) => Json): Json {
  const { properties, required } = schema;
  const isEnvelope = (properties?.success || properties?.timestamp) && properties.data && required?.includes('data');
  return isEnvelope
    ? { ...schema, properties: { ...properties, data: change(properties.data, titles) } }
    : change(schema, titles);
}

export const mapValues = (object: Json, change: (value: any, key: string) => unknown): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
