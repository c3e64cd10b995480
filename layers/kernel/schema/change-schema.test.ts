import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { changesOf } from './change-schema.ts';

const schema = z.object({
  id: z.string(),
  name: z.string(),
  note: z.optional(z.string()),
  status: z._default(z.enum(['active', 'inactive']), 'active'),
});

describe('a change', () => {
  it('sets nothing that was left out, defaults included', () => {
    expect(changesOf(schema, { fixed: ['id'] }).parse({ name: 'n' })).toEqual({ name: 'n' });
  });

  it('removes by null what may be missing, where asked for, and nothing else', () => {
    const removable = changesOf(schema, { removable: true });
    expect(removable.parse({ note: null })).toEqual({ note: null });
    expect(removable.safeParse({ name: null }).success).toBe(false);
    expect(removable.safeParse({ status: null }).success).toBe(false);
    expect(changesOf(schema).safeParse({ note: null }).success).toBe(false);
  });

  it('is as strict as the entity', () => {
    expect(changesOf(z.strictObject({ a: z.string() })).safeParse({ b: 1 }).success).toBe(false);
    expect(changesOf(schema, { fixed: ['id'] }).parse({ id: 'x' })).toEqual({});
  });
});
