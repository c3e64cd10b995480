/** A page of users. Up to tens of thousands a list index and filters are enough; a search reads the index, not an engine. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { AnyOf, FilterTerm } from '../../../layers/kernel/data/expressions.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { publicUser } from './public-user.ts';
import type { users } from './routes.ts';
import { type User, userEntity } from './user-entity.ts';

export const listUsers: Operation<typeof users.routes.listUsers> = async ({ session, query, page }) => {
  const { status, role, workspace, search, order } = query;
  const filter: (FilterTerm | AnyOf)[] = [];
  if (status !== undefined) filter.push({ attribute: 'status', operator: '=', value: status });
  if (role !== undefined) filter.push({ attribute: 'roles', operator: 'contains', value: role });
  if (workspace !== undefined)
    filter.push({ anyOf: [workspace, '*'].map((value) => ({ attribute: 'workspaces', operator: 'contains', value })) });
  if (search !== undefined) filter.push(beginsWith(search));
  const { items, nextCursor } = await session.query<User & Stored>(userEntity, {
    index: 'gsi1',
    pk: ['USER'],
    order: order === 'desc' ? 'descending' : 'ascending',
    filter,
    ...page,
  });
  return { data: items.map(publicUser), pagination: { limit: page.limit, nextCursor } };
};

/** E-mails are stored in small letters; names as people write them, of which the usual ways are tried. */
function beginsWith(search: string): AnyOf {
  const lower = search.toLowerCase();
  const capital = lower.charAt(0).toUpperCase() + lower.slice(1);
  const written = [...new Set([search, lower, capital, search.toUpperCase()])];
  const phone = search.replace(/[\s()-]/g, '').replace(/^00/, '+');
  const terms: [string, string[]][] = [
    ['email', [lower]],
    ['phone', /^\+?\d+$/.test(phone) ? [phone.startsWith('+') ? phone : `+${phone}`] : []],
    ...['name', 'firstName', 'lastName', 'username'].map((attribute): [string, string[]] => [attribute, written]),
  ];
  return {
    anyOf: terms.flatMap(([attribute, values]) =>
      values.map((value): FilterTerm => ({ attribute, operator: 'begins_with', value })),
    ),
  };
}
