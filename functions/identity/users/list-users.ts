/** A page of users. Up to tens of thousands a list index and filters are enough; a search reads the index, not an engine. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { AnyOf, FilterTerm } from '../../../layers/kernel/data/expressions.ts';
import { saysAll } from '../../../layers/kernel/data/text-search.ts';
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
  if (search !== undefined) filter.push(...saysAll(search, beginsWith(search)));
  const { items, nextCursor } = await session.query<User & Stored>(userEntity, {
    index: 'gsi1',
    pk: ['USER'],
    order: order === 'desc' ? 'descending' : 'ascending',
    filter,
    ...page,
  });
  return { data: items.map(publicUser), pagination: { limit: page.limit, nextCursor } };
};

/** E-mails are stored in small letters. Names are looked for as written, too: not all were kept folded from the beginning. */
function beginsWith(search: string): FilterTerm[] {
  const phone = search.replace(/[\s()-]/g, '').replace(/^00/, '+');
  const terms: [string, string][] = [
    ['email', search.toLowerCase()],
    ...(/^\+?\d+$/.test(phone) ? [['phone', phone.startsWith('+') ? phone : `+${phone}`] as [string, string]] : []),
    ...['name', 'firstName', 'lastName', 'username'].map((attribute): [string, string] => [attribute, search]),
  ];
  return terms.map(([attribute, value]) => ({ attribute, operator: 'begins_with', value }));
}
