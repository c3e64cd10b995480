/** Where the messages of gateways go: values, alarms and everything else each have a queue, so that none waits for another. */
import type { TopicRuleSpec } from '../../layers/kernel/domain/manifest.ts';
import type { UpKind } from '../../layers/station/topics.ts';
import { selectMessage } from './ingest/select-message.ts';

const queues: Record<UpKind, string> = {
  values: 'gateway-values',
  events: 'gateway-values',
  alarms: 'gateway-alarms',
  status: 'gateway-reports',
  health: 'gateway-reports',
  results: 'gateway-reports',
  config: 'gateway-reports',
};

/** Named so that gateways can use Basic Ingest: `$aws/rules/mizan_<stage>_scada_gateway_<kind>/…`. */
export const topicRules: TopicRuleSpec[] = Object.entries(queues).map(([kind, queue]) => ({
  name: `gateway-${kind}`,
  sql: `${selectMessage} FROM 'mizan/+/gateway/${kind}'`,
  queue,
}));
