/** Timestream writes per its API reference, at the JSON protocol. */
import { beforeEach, describe, expect, it } from 'vitest';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createTimestreamService, type TimestreamService } from './index.ts';

let ctx: FakeContext;
let timestream: TimestreamService;

beforeEach(async () => {
  ctx = createFakeContext();
  timestream = createTimestreamService(ctx);
  await createResource(timestream, 'AWS::Timestream::Database', 'D', { DatabaseName: 'mizan' });
  await createResource(timestream, 'AWS::Timestream::Table', 'T', { DatabaseName: 'mizan', TableName: 'readings' });
});

async function call(operation: string, input: object): Promise<any> {
  const request = awsRequest({ operation, body: input, headers: { host: 'localhost:4566' } });
  return (await timestream.handle!(request)).body;
}
const write = (Records: object[], CommonAttributes: object = {}) =>
  call('WriteRecords', { DatabaseName: 'mizan', TableName: 'readings', Records, CommonAttributes });
const common = { Dimensions: [{ Name: 'meter', Value: 'm1' }], Time: '1700000000000', TimeUnit: 'MILLISECONDS' };

describe('WriteRecords', () => {
  it('keeps records with their common attributes and bills per started KB of a write', async () => {
    const answer = await write(
      [
        { MeasureName: 'kwh', MeasureValue: '1.5' },
        { MeasureName: 'all', MeasureValueType: 'MULTI', MeasureValues: [{ Name: 'v', Value: '220', Type: 'BIGINT' }] },
      ],
      common,
    );
    expect(answer.RecordsIngested.Total).toBe(2);
    expect(timestream.records('mizan', 'readings')).toEqual([
      { ...common, MeasureName: 'kwh', MeasureValue: '1.5' },
      expect.objectContaining({ MeasureName: 'all' }),
    ]);
    expect(ctx.meter.units('timestream.writePerMillion1KB')).toBe(1);
  });

  it('names the rejected records and keeps the others', async () => {
    const records = [
      { MeasureName: 'kwh', MeasureValue: '1' },
      { MeasureName: 'kwh', MeasureValue: 'much' },
      { MeasureName: 'on', MeasureValue: 'maybe', MeasureValueType: 'BOOLEAN' },
    ];
    await expect(write(records, common)).rejects.toMatchObject({
      code: 'RejectedRecordsException',
      extra: { RejectedRecords: [{ RecordIndex: 1 }, { RecordIndex: 2 }] },
    });
    expect(timestream.records('mizan', 'readings')).toHaveLength(1);
  });

  it('refuses unknown tables and more than 100 records', async () => {
    const one = { ...common, MeasureName: 'a', MeasureValue: '1' };
    await expect(
      call('WriteRecords', { DatabaseName: 'mizan', TableName: 'none', Records: [one] }),
    ).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(write(Array(101).fill(one))).rejects.toMatchObject({ code: 'ValidationException' });
  });
});

describe('DescribeEndpoints', () => {
  it('sends the client back to where it asked', async () => {
    expect(await call('DescribeEndpoints', {})).toEqual({
      Endpoints: [{ Address: 'localhost:4566', CachePeriodInMinutes: 1440 }],
    });
  });
});
