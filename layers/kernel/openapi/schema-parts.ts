/** Where a JSON Schema (2020-12) holds others: one place that knows, for all that walk schemas. */
import type { Json } from './to-schema.ts';

const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;
const singles = ['items', 'additionalProperties', 'propertyNames', 'not'] as const;

/** How a schema holds another: the name of the property, or the keyword and the place in its list. */
export interface Step {
  keyword: 'properties' | (typeof lists)[number] | (typeof singles)[number];
  name: string;
}

/** The schema with each of its direct parts replaced; what is no schema (`true`, `false`) stays. */
export function mapParts(schema: Json, changeSchema: (part: Json, step: Step) => Json): Json {
  const change = (part: Json, step: Step): Json => (typeof part === 'object' ? changeSchema(part, step) : part);
  const mapped = { ...schema };
  if (schema['properties'])
    mapped['properties'] = Object.fromEntries(
      Object.entries(schema['properties'] as Json).map(([name, part]) => [
        name,
        change(part, { keyword: 'properties', name }),
      ]),
    );
  for (const keyword of lists)
    if (Array.isArray(schema[keyword]))
      mapped[keyword] = schema[keyword].map((part: Json, index: number) =>
        change(part, { keyword, name: String(index) }),
      );
  for (const keyword of singles)
    if (schema[keyword] !== undefined) mapped[keyword] = change(schema[keyword], { keyword, name: '' });
  return mapped;
}
