import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedId, encodeTime, newId, timeOfId, ulid } from './ids.ts';

describe('ulid', () => {
  it('never repeats and never goes backwards within a process', () => {
    const ids = Array.from({ length: 20_000 }, () => ulid());
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('stays in order when the clock steps back', () => {
    const later = ulid(Date.now() + 60_000);
    expect(ulid(Date.now()) > later).toBe(true);
  });

  it('carries its time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 281_474_976_710_655 }),
        (time) => timeOfId(`evt_${encodeTime(time)}0000000000000000`) === time,
      ),
    );
  });

  it('has the form of the specification', () => {
    expect(newId('mtr')).toMatch(/^mtr_[0-9A-HJKMNP-TV-Z]{26}$/);
  });
});

describe('derived ids', () => {
  it('are the same for the same thing, different for another, and sort by time', () => {
    const id = derivedId('evt', 1000, 'reading 1');
    expect(derivedId('evt', 1000, 'reading 1')).toBe(id);
    expect(derivedId('evt', 1000, 'reading 2')).not.toBe(id);
    expect(id).toMatch(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(timeOfId(id)).toBe(1000);
    expect(derivedId('evt', 999, 'z') < id).toBe(true);
  });
});
