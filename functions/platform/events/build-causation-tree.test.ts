import { describe, expect, it } from 'vitest';
import { buildCausationTree } from './build-causation-tree.ts';
import type { EventPointer } from './event-record.ts';

const event = (id: string, causationId?: string): EventPointer => ({
  id,
  eventType: `type.${id}`,
  eventSource: 'test',
  aggregateType: 'thing',
  aggregateId: '1',
  correlationId: 'cor',
  createdAt: `2026-01-01T00:00:0${id.length}.000Z`,
  retainUntil: 0,
  ...(causationId === undefined ? {} : { causationId }),
});

const shape = (nodes: ReturnType<typeof buildCausationTree>): unknown =>
  nodes.map((node) => (node.causes.length > 0 ? { [node.id]: shape(node.causes) } : node.id));

describe('buildCausationTree', () => {
  it('hangs every event below its cause, whatever the order', () => {
    const tree = buildCausationTree([event('c', 'b'), event('a'), event('b', 'a'), event('d', 'a')], 'b');
    expect(shape(tree)).toEqual([{ a: [{ b: ['c'] }, 'd'] }]);
    expect(tree[0]!.causes[0]!.isSubject).toBe(true);
  });

  it('keeps an event whose cause is gone as a root', () => {
    expect(shape(buildCausationTree([event('b', 'expired'), event('c', 'b')], 'c'))).toEqual([{ b: ['c'] }]);
  });

  it('does not hang on rows that cause each other', () => {
    expect(shape(buildCausationTree([event('a', 'b'), event('b', 'a'), event('c', 'a')], 'c'))).toEqual([
      { a: ['c'] },
      'b',
    ]);
  });
});
