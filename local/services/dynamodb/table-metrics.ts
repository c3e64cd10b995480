/**
 * The metrics DynamoDB keeps of tables and their indexes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
import { ServiceMetrics } from '../../runtime/service-metrics.ts';
import type { RuntimeContext } from '../../runtime/types.ts';
import type { CapacityKind } from './capacity.ts';

export class TableMetrics {
  readonly #metrics: ServiceMetrics;
  readonly #dimensions = new Map<string, Readonly<Record<string, string>>>();

  constructor(ctx: RuntimeContext) {
    this.#metrics = new ServiceMetrics(ctx, 'AWS/DynamoDB');
  }

  consumed(kind: CapacityKind, tableName: string, units: number, globalIndex?: string): void {
    const name = kind === 'read' ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits';
    this.#metrics.count(name, this.#of(tableName, globalIndex), units);
  }

  throttled(kind: CapacityKind, tableName: string): void {
    this.#metrics.count(kind === 'read' ? 'ReadThrottleEvents' : 'WriteThrottleEvents', this.#of(tableName));
  }

  #of(tableName: string, globalIndex = ''): Readonly<Record<string, string>> {
    const key = `${tableName}/${globalIndex}`;
    let dimensions = this.#dimensions.get(key);
    if (dimensions === undefined) {
      dimensions = {
        TableName: tableName,
        ...(globalIndex !== '' && { GlobalSecondaryIndexName: globalIndex }),
      };
      this.#dimensions.set(key, dimensions);
    }
    return dimensions;
  }
}
