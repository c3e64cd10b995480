/** Adds what is known of stored rows from elsewhere (states, last values) to the answers of declared CRUD operations. */
import type { Stored } from '../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import type { Reply } from '../../layers/kernel/http/route.ts';

type AnyOperation = (request: any) => Promise<Reply<any>>;
type Present = (session: TenantSession, rows: readonly any[]) => Promise<object[]>;

/** @param present gives each row its answer, in the same order; histories and deletions stay as they are */
export function answered<O extends Record<string, AnyOperation>>(operations: O, present: Present): O {
  const wrapped = Object.entries(operations).map(([name, operation]): [string, AnyOperation] => [
    name,
    name.endsWith('History') || name.startsWith('delete')
      ? operation
      : async (request) => {
          const reply = await operation(request);
          const rows = (Array.isArray(reply.data) ? reply.data : [reply.data]) as Stored[];
          const shown = await present(request.session, rows);
          return { ...reply, data: Array.isArray(reply.data) ? shown : shown[0] };
        },
  ]);
  return Object.fromEntries(wrapped) as O;
}
