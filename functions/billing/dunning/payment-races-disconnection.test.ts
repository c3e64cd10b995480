/** A payment that arrives while a disconnection is under way, at every step of it: the light is back, or it never went off. */
import { beforeAll, describe, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { cutting, type Debtor, dunningScene } from '../test-support/dunning-scene.ts';

const stack = useBillingStack();
const tenant = 'race';
const scene = dunningScene(stack, tenant);

beforeAll(() => scene.begin(cutting));

const pay = ({ customerId }: Debtor) => scene.pay(customerId, '1000');
/** The bus brings each event twice. */
const bring = () => Promise.all([scene.deliver(), scene.deliver()]);

describe('who pays', () => {
  it.each<[string, (debtor: Debtor) => Promise<unknown>]>([
    [
      'before anything is asked for',
      async (debtor) => {
        await pay(debtor);
        await stack.dun(tenant);
      },
    ],
    ['while dunning looks', (debtor) => Promise.all([stack.dun(tenant), pay(debtor)])],
    [
      'while the order waits for a second person',
      async (debtor) => {
        await stack.dun(tenant);
        await pay(debtor);
      },
    ],
    [
      'while a second person agrees',
      async (debtor) => {
        await stack.dun(tenant);
        await Promise.all([scene.approve(debtor), pay(debtor), bring()]);
      },
    ],
    [
      'while the order is sent',
      async (debtor) => {
        await stack.dun(tenant);
        await scene.approve(debtor);
        await Promise.all([stack.workOffCommands(0, 2), pay(debtor)]);
        await Promise.all([bring(), scene.meterActs(debtor)]);
      },
    ],
    [
      'while the meter says that it is off',
      async (debtor) => {
        await stack.dun(tenant);
        await scene.approve(debtor);
        await stack.workOffCommands(0);
        await Promise.all([pay(debtor), scene.meterActs(debtor)]);
        expect(debtor.isLit).toBe(false);
      },
    ],
    [
      'in the dark',
      async (debtor) => {
        await stack.dun(tenant);
        await scene.approve(debtor);
        await stack.workOffCommands(0);
        await scene.meterActs(debtor);
        await bring();
        await pay(debtor);
      },
    ],
  ])('%s has light', async (_, happen) => {
    await scene.needApproval(true);
    const debtor = await scene.debtor();
    await happen(debtor);
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(true);
    const left = (await scene.commandsOf(debtor.meterId)).filter(({ status }: any) =>
      ['requested', 'approved', 'sent'].includes(status),
    );
    expect(left).toEqual([]);
  });

  it('and whoever does not, has none', async () => {
    await scene.needApproval(false);
    const debtor = await scene.debtor();
    await stack.dun(tenant);
    await scene.calmDown(debtor);
    expect(debtor.isLit).toBe(false);
  });
});
