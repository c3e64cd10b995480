/** Routes of the settings of messages to customers. */
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { messageSettingsSchema } from './message-settings.ts';

export const messageSettings = defineResource({
  name: 'message-settings',
  base: '/api/billing/message-settings',
  title: 'Messages to customers',
  routes: {
    getMessageSettings: {
      method: 'GET',
      path: '',
      access: 'billing:messages:read',
      summary:
        'How customers are written to: what goes out by itself, quiet hours, digits, and what stands on documents.',
      response: messageSettingsSchema,
    },
    changeMessageSettings: {
      method: 'PUT',
      path: '',
      access: 'billing:messages:write',
      summary: 'Set how customers are written to.',
      description:
        'Replaces the settings whole. Messages of quiet hours wait until they are over, unless they are urgent (tokens, disconnections). `publicUrl` puts a short link to the document into text messages. `whatsappDocumentTemplates` names approved templates that carry the PDF in their header, `whatsappTemplates` those with the link; without either WhatsApp takes a message in a conversation alone that the customer began.',
      body: messageSettingsSchema,
      response: messageSettingsSchema,
    },
  },
});
