/** From our schemas to those of OpenAPI 3.1, said in the way that tools of others read best. */
import * as z from 'zod/mini';

export type Json = Record<string, any>;

/** @param io what a caller may send, or what an answer holds: defaults and transformations make the difference */
export function toSchema(schema: z.ZodMiniType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return plain(json) as Json;
}

/** The same schema without what is legal but leads generators astray. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  return isRecordOfNames(schema) ? namedProperties(schema) : withoutEmptyChoice(withoutTheObvious(schema));
}

/**
 * Leaves out what says nothing new: the pattern beside the format of a date, leap years and all in three hundred characters,
 * and the bounds of the numbers that JSON carries exactly, which tools take for examples.
 */
const withoutTheObvious = (schema: Json): Json =>
  Object.fromEntries(
    Object.entries(schema).filter(
      ([key, value]) =>
        !(key === 'pattern' && ['date', 'date-time'].includes(schema['format'])) &&
        !(key === 'minimum' && value === Number.MIN_SAFE_INTEGER) &&
        !(key === 'maximum' && value === Number.MAX_SAFE_INTEGER),
    ),
  );

/** A choice of which one is anything at all is anything at all. */
function withoutEmptyChoice(schema: Json): Json {
  const { anyOf, ...rest } = schema;
  return Array.isArray(anyOf) && anyOf.some((one) => Object.keys(one).length === 0) ? rest : schema;
}

const isRecordOfNames = ({ propertyNames, additionalProperties }: Json): boolean =>
  Array.isArray(propertyNames?.enum) && typeof additionalProperties === 'object';

/** A record whose keys are known has properties. */
function namedProperties({ propertyNames, additionalProperties, ...rest }: Json): Json {
  return {
    ...rest,
    properties: Object.fromEntries(propertyNames.enum.map((name: string) => [name, additionalProperties])),
    additionalProperties: false,
  };
}
