/** Functions that tell about the message and its sender. */
import { randomUUID } from 'node:crypto';
import { toInt } from '../values.ts';
import { type FunctionDefinition, ofMessage } from './definition.ts';

export const MESSAGE_FUNCTIONS: Record<string, FunctionDefinition> = {
  topic: {
    min: 0,
    max: 1,
    compile([segment], compileArgument) {
      if (segment === undefined) return (message) => message.facts.topic;
      const compiled = compileArgument(segment);
      return (message, scope) => {
        const index = toInt(compiled(message, scope));
        return index === undefined ? undefined : message.facts.topic.split('/')[index - 1];
      };
    },
  },
  // "n/a if the message wasn't sent over MQTT".
  clientid: ofMessage((message) => message.facts.clientId ?? 'n/a'),
  principal: ofMessage((message) => message.facts.principal),
  timestamp: ofMessage((message) => message.facts.timestamp),
  traceid: ofMessage((message) => message.facts.traceId),
  sourceip: ofMessage((message) => message.facts.sourceIp),
  accountid: ofMessage((message) => message.facts.accountId),
  sql_version: ofMessage(() => '2016-03-23'),
  newuuid: ofMessage(() => randomUUID()),
  rand: ofMessage(() => Math.random()),
};
