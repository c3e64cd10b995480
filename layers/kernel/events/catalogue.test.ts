/** What every event of the product must say about itself, since partners read it before they write a line. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { domains } from '../../../infra/domains.ts';

const events = domains.flatMap((domain) =>
  domain.events.map((event) => ({ type: event.type, event, domain: domain.name })),
);

describe('the catalogue of events', () => {
  it('names each type once', () => {
    expect(new Set(events.map(({ type }) => type)).size).toBe(events.length);
    expect(events.length).toBeGreaterThan(5);
  });

  it.each(events)('$type is complete', ({ event, domain }) => {
    expect(event.type).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/);
    expect(event.source).toBe(domain);
    expect(event.schemaVersion).toBeGreaterThanOrEqual(1);
    expect(event.aggregateType).toMatch(/^[a-z_]+$/);
    expect(event.summary.en).toMatch(/^[A-Z].*\.$/);
    expect(event.summary.ar).toMatch(/[\u0600-\u06ff].*\.$/);
  });

  it.each(events)('$type has an example its schema accepts, whole', ({ event }) => {
    const parsed = event.payload.safeParse(event.example);
    expect(parsed.error?.issues).toBeUndefined();
    // Nothing in the example that the schema does not know.
    expect(parsed.data).toEqual(event.example);
    expect(
      Object.keys((z.toJSONSchema(event.payload, { unrepresentable: 'any' }) as any).properties ?? {}).length,
    ).toBeGreaterThan(0);
  });

  it('has every event that a subscriber waits for', () => {
    const types = new Set(events.map(({ type }) => type));
    const missing = domains.flatMap(({ subscribers = [] }) =>
      subscribers.flatMap(({ events: wanted }) => wanted.filter((type) => !type.includes('*') && !types.has(type))),
    );
    expect(missing).toEqual([]);
  });
});
