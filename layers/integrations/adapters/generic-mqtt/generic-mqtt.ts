/** Any MQTT broker: messages to a topic. Listening is IoT Core's and the gateway's. */
import { createHash } from 'node:crypto';
import { defineProvider } from '../../provider.ts';
import { genericMqttAbout } from './about.ts';
import { withBroker } from './publish.ts';

export const genericMqtt = defineProvider({
  ...genericMqttAbout,
  check: (context) => withBroker(context),
  operations: (context) => ({
    async publish(message) {
      await withBroker(context, message);
      return {
        providerReference: createHash('sha256').update(message.reference).digest('hex').slice(0, 24),
        status: message.qos === 1 ? 'accepted' : 'sent',
      };
    },
  }),
});
