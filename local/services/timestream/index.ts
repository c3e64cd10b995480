/**
 * Amazon Timestream for LiveAnalytics, the write side: checks records as the service does and keeps
 * the newest of each table. Nothing can be queried but by the process itself.
 * @see https://docs.aws.amazon.com/timestream/latest/developerguide/API_Operations_Amazon_Timestream_Write.html
 */
import { AwsError, type AwsService, type RuntimeContext } from '../../runtime/types.ts';
import { jsonOperations } from '../support/json-operations.ts';
import { checkRecord, recordBytes, type TimestreamRecord } from './records.ts';

const KEPT_RECORDS = 100_000;
const MAX_RECORDS_PER_WRITE = 100;

export interface TimestreamService extends AwsService {
  /** Writes records for another service. @throws AwsError RejectedRecordsException with nothing written of the rejected ones */
  writeRecords(
    databaseName: string,
    tableName: string,
    records: TimestreamRecord[],
    common?: Partial<TimestreamRecord>,
  ): void;
  /** The newest records of a table, oldest first. */
  records(databaseName: string, tableName: string): readonly TimestreamRecord[];
}

export function createTimestreamService(ctx: RuntimeContext): TimestreamService {
  const databases = new Map<string, Map<string, TimestreamRecord[]>>();
  const arn = (resource: string): string => `arn:aws:timestream:${ctx.region}:${ctx.accountId}:${resource}`;

  const tableOf = (databaseName: string, tableName: string): TimestreamRecord[] => {
    const table = databases.get(databaseName)?.get(tableName);
    if (table === undefined)
      throw new AwsError('ResourceNotFoundException', `The table ${databaseName}.${tableName} does not exist.`);
    return table;
  };

  const writeRecords: TimestreamService['writeRecords'] = (databaseName, tableName, records, common = {}) => {
    const table = tableOf(databaseName, tableName);
    if (records.length === 0 || records.length > MAX_RECORDS_PER_WRITE)
      throw new AwsError('ValidationException', `A write has 1 to ${MAX_RECORDS_PER_WRITE} records.`);
    const merged = records.map((record) => ({
      ...common,
      ...record,
      Dimensions: [...(common.Dimensions ?? []), ...(record.Dimensions ?? [])],
    }));
    const rejected = merged.flatMap((record, RecordIndex) => {
      const Reason = checkRecord(record);
      return Reason === undefined ? [] : [{ RecordIndex, Reason }];
    });
    const accepted = merged.filter((_, index) => !rejected.some(({ RecordIndex }) => RecordIndex === index));
    table.push(...accepted);
    // The bytes of a whole write are added up before they are rounded to KB.
    const bytes = accepted.reduce((total, record) => total + recordBytes(record), 0);
    ctx.meter.count('timestream.writePerMillion1KB', Math.ceil(bytes / 1024));
    if (table.length > KEPT_RECORDS * 1.1) table.splice(0, table.length - KEPT_RECORDS);
    if (rejected.length > 0)
      throw new AwsError('RejectedRecordsException', 'One or more records have been rejected.', 419, {
        RejectedRecords: rejected,
      });
  };

  return {
    signingName: 'timestream',
    resources: {
      'AWS::Timestream::Database': ({ properties, defaultName }) => {
        const name = String(properties['DatabaseName'] ?? defaultName);
        databases.set(name, databases.get(name) ?? new Map());
        return { ref: name, attributes: { Arn: arn(`database/${name}`) } };
      },
      'AWS::Timestream::Table': ({ properties, defaultName }) => {
        const database = String(properties['DatabaseName']);
        const name = String(properties['TableName'] ?? defaultName);
        const tables = databases.get(database);
        if (tables === undefined)
          throw new AwsError('ResourceNotFoundException', `The database ${database} does not exist.`);
        tables.set(name, tables.get(name) ?? []);
        return {
          ref: `${database}|${name}`,
          attributes: { Arn: arn(`database/${database}/table/${name}`), Name: name },
        };
      },
    },
    handle: jsonOperations('Timestream', {
      // The SDK discovers its endpoint first, and then asks the address it is given.
      DescribeEndpoints: (_input, { headers }) => ({
        Endpoints: [{ Address: headers['host'], CachePeriodInMinutes: 1440 }],
      }),
      WriteRecords: ({ DatabaseName, TableName, Records, CommonAttributes }) => {
        writeRecords(DatabaseName, TableName, Records, CommonAttributes);
        return { RecordsIngested: { Total: Records.length, MemoryStore: Records.length, MagneticStore: 0 } };
      },
    }),
    writeRecords,
    records: tableOf,
  };
}
