/**
 * Events the product has announced and does not publish yet: partners may subscribe ahead, and get them from the day
 * their domain arrives. A type moves from here to the catalogue of its domain.
 */
export const announcedTypes: readonly string[] = [
  'subscriber.meter_reading',
  ...['insert', 'update', 'delete', 'created', 'updated'].map((name) => `customer.${name}`),
  ...['maintenance_due', 'installed'].map((name) => `asset.${name}`),
  ...['backup_completed', 'error'].map((name) => `system.${name}`),
  ...['created', 'updated', 'won', 'lost'].map((name) => `deal.${name}`),
  ...['created', 'updated', 'completed', 'cancelled'].map((name) => `order.${name}`),
  ...['created', 'completed'].map((name) => `production.order.${name}`),
  'quality.check.passed',
  'report.generated',
];

/** Names whose events are announced without their types: only `<name>.*` can be subscribed to. */
export const announcedNames: readonly string[] = [
  'work_order',
  'inventory',
  'purchase',
  'employee',
  'payroll',
  'project',
  'task',
  'account',
  'journal',
  'maintenance',
  'team',
];
