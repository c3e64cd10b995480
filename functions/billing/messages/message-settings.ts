/** How a utility writes to its customers, as data of the tenant: by itself or not, when, in which digits, and what stands on its documents. */
import * as z from 'zod/mini';
import { isDrawable } from '../../../layers/documents/image-check.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label, timeOfDay } from '../../../layers/kernel/schema/common.ts';
import { automaticNames, type TemplateName, templateNames } from './templates/index.ts';

export const logoBytes = (dataUrl: string): Buffer => Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64');

/** PNG or JPEG as a data URL: a row of DynamoDB holds no more than 400 KB. */
const logo = () =>
  z.string().check(
    z.maxLength(200_000),
    z.regex(
      /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+=*$/,
      fieldMessage(
        'Give a PNG or JPEG as a data URL of up to 150 KB.',
        'أعط صورة PNG أو JPEG على شكل data URL لا تزيد على 150 كيلوبايت.',
      ),
    ),
    z.refine(
      (url) => isDrawable(logoBytes(url)),
      fieldMessage(
        'The picture is broken, or larger than 4000 by 4000 pixels.',
        'الصورة معطوبة أو أكبر من 4000 × 4000 بكسل.',
      ),
    ),
  );

export const messageSettingsSchema = z.object({
  /**
   * Messages that go out by themselves when what they tell of happens; others are sent on demand. What is said of an invoice's holds
   * for the collective one in its place.
   */
  automatic: z._default(z.array(z.enum(automaticNames)), [
    'invoice_reminder',
    'invoice_overdue',
    'disconnection_warning',
    'meter_disconnected',
    'meter_switched_off',
    'meter_reconnected',
    'payment_received',
    'ticket_opened',
    'ticket_answered',
    'ticket_resolved',
  ]),
  /** Local time of the tenant. Messages that are not urgent wait until it is over; it may reach over midnight. */
  quietHours: z.optional(z.object({ from: timeOfDay(), to: timeOfDay() })),
  /** Digits in messages and documents in Arabic. */
  digits: z._default(z.enum(['latin', 'arabic']), 'latin'),
  /** Where customers reach the API, e.g. `https://api.utility.example`. Without it messages hold no link to the document. */
  publicUrl: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^https?:\/\/[^\s/?#]+$/,
          fieldMessage(
            'Write an address such as "https://api.example.com".',
            'اكتب عنوانًا مثل "https://api.example.com".',
          ),
        ),
        z.maxLength(200),
      ),
  ),
  /**
   * Names of templates that WhatsApp approved, by message. Their parameters are name, the message's values in order, and the link.
   * Without one here or below a message goes as free text, which WhatsApp delivers in a conversation the customer began alone.
   */
  whatsappTemplates: z._default(z.partialRecord(z.enum(templateNames), label(512)), {}),
  /** Those with a document as their header, which carry the PDF of an invoice or receipt: name, and the message's values in order. */
  whatsappDocumentTemplates: z._default(z.partialRecord(z.enum(templateNames), label(512)), {}),
  /** Whether what telephones show, also locked ones, names amounts. Tokens never are in it. */
  pushAmounts: z._default(z.boolean(), false),
  logo: z.optional(logo()),
  /** Where and how to pay, and whom to call; at the foot of documents. */
  footer: z.optional(z.object({ ar: label(500), en: label(500) })),
  /** Name on documents. @default the tenant's name */
  utilityName: z.optional(z.object({ ar: label(100), en: label(100) })),
});

export type MessageSettings = z.infer<typeof messageSettingsSchema>;

interface StoredSettings extends MessageSettings {
  id: 'messages';
  /** Messages there were when this was saved: of those `automatic` says which go out, of later ones the product's default does. */
  kinds?: readonly string[];
}

export const messageSettingsEntity = defineEntity<StoredSettings, { id: 'messages' }>()({
  name: 'message settings',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

/** Settings as they are saved. */
export const toStored = (settings: MessageSettings): StoredSettings => ({
  ...settings,
  id: 'messages',
  kinds: templateNames,
});

/** What came after settings were saved without saying which messages there were. */
const unknownAtFirst: readonly string[] = ['meter_switched_off'] satisfies TemplateName[];

export async function readMessageSettings(session: TenantSession): Promise<MessageSettings> {
  const defaults = messageSettingsSchema.parse({});
  const stored = await session.get(messageSettingsEntity, { id: 'messages' });
  if (stored === undefined) return defaults;
  // What was checked when it was set; reading it for each message looks at no pixels again.
  const { logo, kinds, ...rest } = stored;
  const settings = messageSettingsSchema.parse(rest);
  const wasThere = (name: string) => kinds?.includes(name) ?? !unknownAtFirst.includes(name);
  const later = defaults.automatic.filter((name) => !wasThere(name) && !settings.automatic.includes(name));
  return { ...settings, automatic: [...settings.automatic, ...later], ...(logo === undefined ? {} : { logo }) };
}
