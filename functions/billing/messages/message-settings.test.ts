/** A message that the product learns after a tenant saved its settings goes out as the product has it, and not never. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';
import { messageSettingsEntity, messageSettingsSchema, readMessageSettings } from './message-settings.ts';
import { automaticNames, templateNames } from './templates/index.ts';

const stack = useBillingStack();
const tenant = 'message-settings';
const defaults = messageSettingsSchema.parse({});
beforeAll(() => stack.addTenant(tenant));

const automatic = async () => (await readMessageSettings(openSession(tenant))).automatic;
const save = (body: object) =>
  stack.call(tenant, handler, 'PUT', '/api/billing/message-settings', {
    body: { automatic: ['invoice_issued'], ...body },
  });
const store = (more: object) =>
  openSession(tenant).transact('billing', (unit) =>
    unit.put(messageSettingsEntity, {
      ...defaults,
      automatic: ['invoice_issued'],
      id: 'messages',
      ...more,
    }),
  );

it.each(automaticNames)('%s, which came later, goes out where the product says so', async (name) => {
  await store({ kinds: templateNames.filter((each) => each !== name) });
  const isByDefault = defaults.automatic.includes(name);
  expect(await automatic()).toEqual(isByDefault ? ['invoice_issued', name] : ['invoice_issued']);
});

it('settings that never said what they knew do not know of meters that were switched off', async () => {
  await store({});
  expect(await automatic()).toEqual(['invoice_issued', 'meter_switched_off']);
});

it('what was left out when there was a choice stays left out', async () => {
  expect((await save({})).body.data.automatic).toEqual(['invoice_issued']);
  expect(await automatic()).toEqual(['invoice_issued']);
  const shown = (await stack.call(tenant, handler, 'GET', '/api/billing/message-settings')).body.data;
  expect(shown).toEqual({ ...defaults, automatic: ['invoice_issued'] });
  await save({ automatic: [] });
  expect(await automatic()).toEqual([]);
});
