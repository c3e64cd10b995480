/** The integrations of the demo utility, each pointed at a simulated provider on this machine. */

export interface DemoIntegration {
  /** Also its name in the simulators. */
  provider: string;
  nameEn: string;
  nameAr: string;
  /** Among its kind, lower first. */
  priority: number;
  isPrimary?: boolean;
  /** Whether the provider is told where to notify. */
  notifies?: boolean;
  /** Addresses its notifications come from; none: any. */
  allowedIps?: readonly string[];
}

export const demoIntegrations: readonly DemoIntegration[] = [
  {
    provider: 'local_1',
    nameEn: 'Local SMS',
    nameAr: 'رسائل محلية',
    priority: 1,
    isPrimary: true,
    notifies: true,
  },
  { provider: 'twilio', nameEn: 'Twilio', nameAr: 'تويليو', priority: 2, notifies: true },
  { provider: 'smtp', nameEn: 'Mail server', nameAr: 'خادم البريد', priority: 1 },
  { provider: 'whatsapp', nameEn: 'WhatsApp', nameAr: 'واتساب', priority: 1, notifies: true },
  { provider: 'fcm', nameEn: 'Push messages', nameAr: 'إشعارات الهاتف', priority: 1 },
  { provider: 'slack', nameEn: 'Slack', nameAr: 'سلاك', priority: 1 },
  { provider: 'kuraimi', nameEn: 'Kuraimi wallet', nameAr: 'محفظة الكريمي', priority: 1, notifies: true },
  { provider: 'jawali', nameEn: 'Jawali wallet', nameAr: 'محفظة جوالي', priority: 2, notifies: true },
  { provider: 'stripe', nameEn: 'Stripe', nameAr: 'سترايب', priority: 3, notifies: true },
  { provider: 'paypal', nameEn: 'PayPal', nameAr: 'باي بال', priority: 4, notifies: true },
  { provider: 'sts', nameEn: 'Prepayment tokens', nameAr: 'رموز الدفع المسبق', priority: 1 },
  {
    provider: 'generic_http',
    nameEn: 'A service of the utility',
    nameAr: 'خدمة للمؤسسة',
    priority: 1,
    notifies: true,
  },
  { provider: 'generic_mqtt', nameEn: 'MQTT broker', nameAr: 'وسيط MQTT', priority: 1 },
  {
    provider: 'acrel',
    nameEn: 'Acrel IoT-EMS',
    nameAr: 'أكريل',
    priority: 1,
    notifies: true,
    // Acrel is heard from listed addresses only.
    allowedIps: ['127.0.0.1', '::1'],
  },
];
