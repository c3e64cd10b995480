import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isEventPattern } from '../../../layers/webhooks/event-pattern.ts';
import { catalog, cataloguedDomains } from './catalog.ts';
import { describeCatalog } from './describe-catalog.ts';

describe('the event catalogue', () => {
  it('holds every domain that publishes events', () => {
    const folders = readdirSync('functions').filter((domain) => existsSync(`functions/${domain}/events.ts`));
    expect(Object.keys(cataloguedDomains).sort()).toEqual(folders.sort());
  });

  it('names each type once, in the form that patterns match', () => {
    const types = catalog.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(isEventPattern(type) && !type.includes('*'), type).toBe(true);
  });

  it('has an example that fits its schema, and both languages', () => {
    for (const { type, payload, example, summary } of catalog) {
      expect(payload.safeParse(example).error, type).toBeUndefined();
      expect(summary.en.length * summary.ar.length, type).toBeGreaterThan(0);
    }
  });

  it('describes every payload as a JSON Schema object', () => {
    for (const { type, schema } of describeCatalog()) expect(schema, type).toHaveProperty('type', 'object');
  });
});
