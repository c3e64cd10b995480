/** What operations take beside a body, from the schemas of their route. */
import type { Route } from '../http/route.ts';
import { type Json, toSchema } from './to-schema.ts';

/** One parameter per field. */
export function fieldsOf(schema: Route['params'], location: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: location,
    required: location === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: property,
  }));
}
