/**
 * Writes each attribute of the payload as a measure.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/timestream-rule-action.html
 */
import type { TimestreamService } from '../../timestream/index.ts';
import { compileTemplate } from '../sql/template.ts';
import { type ActionFactory, textOf } from './action.ts';

export const createTimestreamAction: ActionFactory = (properties, { ctx }) => {
  const database = compileTemplate(String(properties['DatabaseName']));
  const table = compileTemplate(String(properties['TableName']));
  const declared = (properties['Dimensions'] ?? []) as { Name: string; Value: string }[];
  if (declared.length === 0) throw new Error('it needs at least one dimension');
  const dimensions = declared.map(({ Name, Value }) => ({ name: Name, value: compileTemplate(Value) }));
  const timestamp = properties['Timestamp'] as { Value: string; Unit: string } | undefined;
  const time = timestamp && compileTemplate(timestamp.Value);
  return {
    name: 'TimestreamAction',
    resource: table,
    async execute(outgoing, message) {
      const payload: unknown = JSON.parse(textOf(outgoing));
      if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
        throw new Error('The payload must be a JSON object');
      const common = {
        Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value(message) })),
        Time: time?.(message) ?? String(ctx.clock.now()),
        TimeUnit: timestamp?.Unit ?? 'MILLISECONDS',
      };
      const records = Object.entries(payload).map(([name, value]) => ({
        ...common,
        MeasureName: name,
        MeasureValue: String(typeof value === 'object' ? JSON.stringify(value) : value),
        MeasureValueType: measureType(value),
      }));
      ctx.service<TimestreamService>('timestream').writeRecords(database(message), table(message), records);
    },
  };
};

function measureType(value: unknown): string {
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value !== 'number') return 'VARCHAR';
  return Number.isInteger(value) ? 'BIGINT' : 'DOUBLE';
}
