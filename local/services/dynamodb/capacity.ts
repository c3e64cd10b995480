/**
 * Capacity units as AWS bills them: counted for the cost meter, and told to callers who ask.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
import type { Engine } from './engine.ts';
import type { IndexDefinition } from './tables/table-definition.ts';

const writeUnitBytes = 1024;
const readUnitBytes = 4096;

/** A write request unit is one write of an item of up to 1 KB. */
export function writeUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / writeUnitBytes));
}

/** A read request unit is one strongly consistent read, or two eventually consistent reads, of up to 4 KB. */
export function readUnits(sizeBytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(sizeBytes / readUnitBytes)) * (consistent ? 1 : 0.5);
}

/** Transactional reads and writes of an item cost twice the units. */
export const transactionFactor = 2;

interface TableUnits {
  table: number;
  global: Map<string, number>;
  local: Map<string, number>;
}

export type CapacityKind = 'read' | 'write';

export interface ConsumedCapacity {
  TableName: string;
  CapacityUnits: number;
  ReadCapacityUnits?: number;
  WriteCapacityUnits?: number;
  Table?: object;
  GlobalSecondaryIndexes?: object;
  LocalSecondaryIndexes?: object;
}

/** The units of one request, by table and index. */
export class CapacityLedger {
  readonly #engine: Pick<Engine, 'context' | 'metrics'>;
  readonly #kind: CapacityKind;
  readonly #tables = new Map<string, TableUnits>();

  constructor(engine: Pick<Engine, 'context' | 'metrics'>, kind: CapacityKind) {
    this.#engine = engine;
    this.#kind = kind;
  }

  /** Counts units of a table, or of one of its indexes. */
  add(tableName: string, units: number, index?: IndexDefinition): void {
    if (units === 0) return;
    this.#engine.context.meter.count(
      this.#kind === 'read' ? 'dynamodb.readRequestUnitPerMillion' : 'dynamodb.writeRequestUnitPerMillion',
      units,
    );
    this.#engine.metrics.consumed(this.#kind, tableName, units, index?.kind === 'global' ? index.name : undefined);
    let entry = this.#tables.get(tableName);
    if (entry === undefined) {
      entry = { table: 0, global: new Map(), local: new Map() };
      this.#tables.set(tableName, entry);
    }
    if (index === undefined) entry.table += units;
    else entry[index.kind].set(index.name, (entry[index.kind].get(index.name) ?? 0) + units);
  }

  /** `ConsumedCapacity` per table, as far as the caller asked. @param detailed names read or write units, as transactions do */
  report(asked: unknown, detailed = false): ConsumedCapacity[] | undefined {
    if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
    return [...this.#tables].map(([TableName, { table, global, local }]) => {
      const units = (value: number) => ({ CapacityUnits: value, ...(detailed ? { [this.#detailName]: value } : {}) });
      const total = [...global.values(), ...local.values()].reduce((sum, value) => sum + value, table);
      const ofIndexes = (indexes: Map<string, number>) =>
        Object.fromEntries([...indexes].map(([name, value]) => [name, units(value)]));
      if (asked === 'TOTAL') return { TableName, ...units(total) };
      return {
        TableName,
        ...units(total),
        Table: units(table),
        ...(global.size > 0 ? { GlobalSecondaryIndexes: ofIndexes(global) } : {}),
        ...(local.size > 0 ? { LocalSecondaryIndexes: ofIndexes(local) } : {}),
      };
    });
  }

  get #detailName(): string {
    return this.#kind === 'read' ? 'ReadCapacityUnits' : 'WriteCapacityUnits';
  }
}
