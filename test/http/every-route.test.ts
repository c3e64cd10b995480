/**
 * Every route of the product, generated from the route tables: who may call it, that it keeps tenants apart, that it answers as
 * documented and stands hostile input. Function by function, so that none is started twice, and one request at a time: each
 * beyond the first would start one more instance, which costs more than waiting.
 *
 * What a role may do follows from its permission strings alone, and from nothing a function does by itself. Two things together
 * say so of every role on every route: a log-in has exactly the permissions of its role, and every route asks for its own,
 * which one role that may and one that may not find out. `MIZAN_TEST_WALKS=all` sends all roles, and all hostile input.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiWith, expectOk } from '../support/mizan.ts';
import { shareMizan } from '../support/shared-mizan.ts';
import { asRoles, withoutCredential } from './walks/authorization.ts';
import {
  callers,
  logInAgainAfterMs,
  logInCallers,
  makeCallers,
  mayCall,
  met,
  permissionsOfCaller,
  roles,
} from './walks/callers.ts';
import { type ForeignIds, makeForeignIds, rowsOfNorth, withForeignIds } from './walks/foreign-ids.ts';
import { bodiesMet, bodyKinds, withHostileBodies, withHostileQueries } from './walks/hostile-input.ts';
import { findWrong, guardedRoutes, type SharedMizan } from './walks/routes.ts';

let mizan: SharedMizan;
let key: string;
let tokens: ReadonlyMap<string, string>;
let loggedInAt = Number.NEGATIVE_INFINITY;
let foreignIds: ForeignIds;
/** Operations that were served. */
const served = new Set<string>();

beforeAll(async () => {
  mizan = await shareMizan();
  key = await makeCallers(mizan);
  foreignIds = await makeForeignIds(mizan);
});
beforeEach(async () => {
  const now = mizan.platform.clock.now();
  if (now - loggedInAt < logInAgainAfterMs) return;
  tokens = await logInCallers(mizan, key);
  loggedInAt = now;
});

describe('a log-in', () => {
  it.each(roles)('of %s has the permissions of its role, and no others', async (role) => {
    const { data } = expectOk(
      await apiWith(mizan.platform.endpoints.restUrl, tokens.get(role)!)('GET', '/api/v1/auth/me'),
    );
    expect([...data.permissions].sort()).toEqual([...permissionsOfCaller(role)].sort());
  });
});

describe.each([...Map.groupBy(guardedRoutes, ({ functionName }) => functionName)])('%s', (_, cases) => {
  it('shows and changes nothing of another tenant', async () => {
    const before = rowsOfNorth(mizan);
    expect(await findWrong(cases, (one) => withForeignIds(mizan, one, foreignIds, tokens))).toEqual([]);
    const after = rowsOfNorth(mizan);
    const names = cases.map(({ name }) => name).join(', ');
    expect(
      after.filter((row) => !before.includes(row)),
      `made or changed by one of ${names}`,
    ).toEqual([]);
    expect(
      before.filter((row) => !after.includes(row)),
      `gone or changed by one of ${names}`,
    ).toEqual([]);
  }, 900_000);

  it('lets nobody in without a good credential', async () => {
    expect(await findWrong(cases, (one) => withoutCredential(mizan, one))).toEqual([]);
  });

  it('lets a role through exactly where its permissions say so, and answers as documented', async () => {
    expect(await findWrong(cases, (one) => asRoles(mizan, one, tokens, served))).toEqual([]);
  }, 900_000);

  it('takes hostile input as data, or refuses it', async () => {
    expect(await findWrong(cases, (one) => withHostileBodies(mizan, one))).toEqual([]);
    expect(await findWrong(cases, (one) => withHostileQueries(mizan, one))).toEqual([]);
  }, 900_000);
});

describe('the walks', () => {
  it('meet every role in every domain, both where it may and where it may not', () => {
    for (const [domain, cases] of Map.groupBy(guardedRoutes, ({ domain }) => domain))
      for (const caller of callers) {
        const some = (kind: 'may' | 'mayNot'): boolean =>
          cases.some(({ name }) => met.get(name)![kind].includes(caller));
        if (roles.includes(caller) && cases.some((one) => mayCall(caller, one)))
          expect(some('may'), `${caller} may in ${domain}`).toBe(true);
        if (cases.some((one) => !mayCall(caller, one)))
          expect(some('mayNot'), `${caller} may not in ${domain}`).toBe(true);
      }
  });

  it('know roles that differ, or they would show nothing', () => {
    const reach = roles.map((role) => guardedRoutes.filter((one) => mayCall(role, one)).length);
    expect(new Set(reach).size).toBeGreaterThan(6);
  });

  it('do not pass because nothing is served: lists are answered', () => {
    const lists = guardedRoutes.filter(
      (one) => one.route.method === 'GET' && !one.path.includes('{') && mayCall('OWNER', one),
    );
    expect(lists.filter(({ name }) => served.has(name)).length / lists.length).toBeGreaterThan(0.7);
  });

  it('send every kind of hostile body to many functions', () => {
    for (const kind of bodyKinds) {
      const meeting = guardedRoutes.filter(({ name }) => bodiesMet.get(name)?.includes(kind));
      expect(new Set(meeting.map(({ functionName }) => functionName)).size, kind).toBeGreaterThan(20);
    }
  });

  it('gave nobody anything', async () => {
    expect(({} as any).isAdmin).toBeUndefined();
    const me = expectOk(await mizan.south.api('GET', '/api/v1/auth/me')).data;
    expect(me.permissions).not.toContain('*');
    expect(me.isAdmin).toBeUndefined();
  });
});
