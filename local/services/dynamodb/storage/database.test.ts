import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextNumber, readCounter } from './counters.ts';
import { Database } from './database.ts';

let database: Database;
beforeEach(() => {
  database = new Database(undefined);
});
afterEach(() => database.close());

test('a transaction that throws leaves nothing behind', () => {
  const failing = () =>
    database.transaction(() => {
      nextNumber(database, 'things');
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(readCounter(database, 'things')).toBe(0);
  expect(nextNumber(database, 'things')).toBe(1);
});

test('a nested transaction is part of the outer one', () => {
  const failing = () =>
    database.transaction(() => {
      database.transaction(() => nextNumber(database, 'things'));
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(readCounter(database, 'things')).toBe(0);
});
