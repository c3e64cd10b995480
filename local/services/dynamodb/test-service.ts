/** A DynamoDB service in memory with a turnable clock, and tables for its tests. */

import { createClock, type TurnableClock } from '../../runtime/clock.ts';
import { CostMeter } from '../../runtime/cost-meter.ts';
import { FaultInjector } from '../../runtime/faults.ts';
import { openAccess } from '../../runtime/open-access.ts';
import { createTargetRouter } from '../../runtime/targets.ts';
import type { RuntimeContext } from '../../runtime/types.ts';
import { createDynamoDbService, type DynamoDbService } from './index.ts';

export interface TestService {
  service: DynamoDbService;
  clock: TurnableClock;
  meter: CostMeter;
  faults: FaultInjector;
  call(operation: string, input: object): any;
  /** The error that a call throws. */
  failure(operation: string, input: object): { name: string; message: string; extra: Record<string, any> };
  /** Creates a table from `pk` or `pk, sk` with a stream of both images; returns its stream ARN. */
  table(name: string, properties?: object): string;
}

/** @param dataDir undefined keeps everything in memory */
export function testService(dataDir?: string): TestService {
  const clock = createClock(() => Date.UTC(2026, 0, 1));
  const meter = new CostMeter();
  const faults = new FaultInjector();
  const silent = () => {};
  const context: RuntimeContext = {
    clock,
    meter,
    faults,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    dataDir,
    region: 'us-east-1',
    accountId: '123456789012',
    ports: { rest: 0, mqtt: 0, aws: 0 },
    targets: createTargetRouter(openAccess),
    access: openAccess,
    service: () => {
      throw new Error('DynamoDB needs no other service');
    },
  };
  const service = createDynamoDbService(context);
  const call = (operation: string, input: object) => service.call(operation, input);
  return {
    service,
    clock,
    meter,
    faults,
    call,
    failure(operation, input) {
      try {
        call(operation, input);
      } catch (error) {
        return error as { name: string; message: string; extra: Record<string, any> };
      }
      throw new Error(`${operation} was expected to fail`);
    },
    table(name, properties = {}) {
      const answer = call('CreateTable', { ...tableProperties, TableName: name, ...properties });
      return (answer as { TableDescription: { LatestStreamArn: string } }).TableDescription.LatestStreamArn;
    },
  };
}

/** Partition key `pk`, sort key `sk`, both strings. */
export const tableProperties = {
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

/** A key of such a table. */
export function keyOf(pk: string, sk = 'a'): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: pk }, sk: { S: sk } };
}
