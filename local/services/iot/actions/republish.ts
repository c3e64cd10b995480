/** Republishes to another topic. @see https://docs.aws.amazon.com/iot/latest/developerguide/republish-rule-action.html */
import { compileTemplate } from '../sql/template.ts';
import { topicLimitProblem } from '../topics.ts';
import type { ActionFactory } from './action.ts';

export const createRepublishAction: ActionFactory = ({ Topic, Qos = 0, Headers }, { publish }) => {
  if (Headers !== undefined) throw new Error('Headers are MQTT 5 and the local broker speaks MQTT 3.1.1');
  const qos = Number(Qos);
  if (qos !== 0 && qos !== 1) throw new Error('Qos must be 0 or 1');
  // "To republish to a reserved topic, which begins with $, use $$ instead."
  const template = compileTemplate(String(Topic));
  const target = (message: Parameters<typeof template>[0]): string => template(message).replace(/^\$\$/, '$');
  return {
    name: 'RepublishAction',
    resource: target,
    async execute(outgoing, message) {
      const topic = target(message);
      const problem = topicLimitProblem(topic) ?? (topic === '' || /[+#]/.test(topic) ? 'not a topic name' : undefined);
      if (problem !== undefined) throw new Error(`Cannot republish to "${topic}": ${problem}`);
      await publish({ topic, payload: Buffer.from(outgoing), qos, retain: false });
    },
  };
};
