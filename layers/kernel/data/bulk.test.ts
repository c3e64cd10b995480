import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { getAll, putAll, queryRange, type RawItem, rawKey } from './bulk.ts';
import { rawClient } from './client.ts';
import { openSession } from './session.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['dust']);
});
afterAll(() => tables.close());

const session = openSession('a');
const row = (group: string, n: number, text = 'x'): RawItem => ({
  ...rawKey(session, ['G', group], [String(n).padStart(4, '0')]),
  d: { S: text },
});
const keyOf = ({ pk, sk }: RawItem): RawItem => ({ pk: pk!, sk: sk! });

describe('bulk access', () => {
  it('writes and reads more than a batch holds', async () => {
    const rows = Array.from({ length: 230 }, (_, n) => row('many', n, `"ميزان" \\ ${n}`));
    expect(await putAll('dust', rows)).toEqual([]);
    const found = await getAll('dust', [...rows, row('many', 999)].map(keyOf), 'sk, d');
    expect(found).toHaveLength(230);
    expect(found.find(({ sk }) => sk!.S === '0007')).toEqual({ sk: { S: '0007' }, d: { S: '"ميزان" \\ 7' } });
  });

  it('goes on with what was left unprocessed, and gives back what is refused for good', async () => {
    const { faults } = tables.dynamodb;
    const rows = Array.from({ length: 40 }, (_, n) => row('left', n));
    faults.use([{ point: 'dynamodb.unprocessed', probability: 0.4 }], 7);
    expect(await putAll('dust', rows)).toEqual([]);
    expect(await getAll('dust', rows.map(keyOf), 'sk')).toHaveLength(40);
    faults.use([{ point: 'dynamodb.unprocessed', probability: 1 }], 7);
    expect(await putAll('dust', rows)).toHaveLength(40);
    await expect(getAll('dust', rows.map(keyOf), 'sk')).rejects.toMatchObject({ code: 'unavailable' });
    faults.clear();
  });

  it('reads a range in both orders, over more than one page', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => row('wide', n, 'y'.repeat(60_000)));
    await putAll('dust', rows);
    const query = async (range: object) =>
      (await queryRange(session, 'dust', { pk: ['G', 'wide'], ...range })).map(({ sk }) => Number(sk!.S));
    expect(await query({})).toEqual(rows.map((_, n) => n));
    expect(await query({ from: '0005', to: '0007' })).toEqual([5, 6, 7]);
    expect(await query({ to: '0003', order: 'descending', limit: 2 })).toEqual([3, 2]);
    expect(await queryRange(openSession('b'), 'dust', { pk: ['G', 'wide'] })).toEqual([]);
  });

  it('keeps the errors of the SDK', async () => {
    const unknown = new BatchGetItemCommand({ RequestItems: { nowhere: { Keys: [keyOf(row('x', 1))] } } });
    await expect(rawClient().send(unknown)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});
