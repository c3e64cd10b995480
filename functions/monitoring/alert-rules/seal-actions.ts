/** Actions from what a client sent to what is stored: addresses of webhooks are checked, sealed, and shown without their path. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { openText, sealText } from '../../../layers/kernel/secrets/sealed-text.ts';
import { checkEndpointUrl } from '../../../layers/webhooks/endpoint-url.ts';
import { addressPolicy } from '../config.ts';
import type { RuleAction } from './rule-entity.ts';
import type { RuleInput } from './schemas.ts';

type ActionInput = RuleInput['actions'][number];
type UrlAction = Extract<RuleAction, { sealedUrl: string }>;

const key = 'secrets';
const context = (tenantId: string, actionId: string) => ({ tenantId, actionId, field: 'url' });

/**
 * @param present actions as stored, whose addresses may come back as they were shown
 * @throws AppError `validation_failed` naming each address that cannot be used
 */
export async function sealActions(
  tenantId: string,
  given: readonly ActionInput[],
  present: readonly RuleAction[] = [],
): Promise<RuleAction[]> {
  const kept = present.filter((action): action is UrlAction => 'sealedUrl' in action);
  return Promise.all(
    given.map(async (action, i): Promise<RuleAction> => {
      const { type, on, locale } = action;
      const id = newId('act');
      if (!('url' in action)) return { id, type: type as 'email' | 'sms', on, locale, to: action.to };
      const same = kept.find((before) => before.type === type && before.shownUrl === action.url);
      if (same) return { ...same, on, locale };
      const checked = checkEndpointUrl(action.url, addressPolicy());
      const problem =
        'problem' in checked
          ? checked.problem
          : type === 'slack' && !isSlack(checked.url)
            ? 'Not an incoming webhook of Slack: https://hooks.slack.com/…'
            : undefined;
      if (problem)
        throw new AppError('validation_failed', undefined, {
          details: [{ in: 'body', path: `/actions/${i}/url`, message: problem }],
        });
      const sealedUrl = await sealText(key, context(tenantId, id), action.url);
      return { id, type: type as UrlAction['type'], on, locale, sealedUrl, shownUrl: shown(new URL(action.url)) };
    }),
  );
}

export const openUrl = (tenantId: string, { id, sealedUrl }: UrlAction): Promise<string> =>
  openText(key, context(tenantId, id), sealedUrl);

const shown = ({ origin, pathname, search }: URL): string =>
  pathname === '/' && search === '' ? `${origin}/` : `${origin}/•••`;

/** Locally, a receiver under development stands in. */
const isSlack = ({ hostname }: URL): boolean =>
  hostname === 'hooks.slack.com' || hostname === 'hooks.slack-gov.com' || addressPolicy().allowLoopback;
