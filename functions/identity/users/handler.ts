/** Lambda entry of `/api/core/users`. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { activate, ban, deactivate, unban } from './change-status.ts';
import { requireUser } from './change-user.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { getUserPermissions, setUserRoles, setUserWorkspaces } from './grant-access.ts';
import { listUsers } from './list-users.ts';
import { publicUser } from './public-user.ts';
import { removeUserTwoFactor } from './remove-two-factor.ts';
import { users } from './routes.ts';
import { setUserPassword } from './set-user-password.ts';
import { updateUser } from './update-user.ts';
import { userEntity } from './user-entity.ts';

export const handler = serve(
  users,
  {
    listUsers,
    getUser: async ({ session, params }) => ({ data: publicUser(await requireUser(session, params.id)) }),
    createUser,
    updateUser,
    deleteUser,
    activateUser: async (request) => ({ data: publicUser(await activate(request)) }),
    deactivateUser: async (request) => ({ data: publicUser(await deactivate(request)) }),
    banUser: async (request) => ({ data: publicUser(await ban(request)) }),
    unbanUser: async (request) => ({ data: publicUser(await unban(request)) }),
    setUserPassword,
    removeUserTwoFactor,
    setUserRoles,
    setUserWorkspaces,
    getUserPermissions,
    getUserHistory: readHistory(userEntity),
  },
  { table: 'identity' },
);
