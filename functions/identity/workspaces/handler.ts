/** Lambda entry of `/api/v1/workspaces`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { enterWorkspace } from './enter-workspace.ts';
import { workspaceOperations } from './operations.ts';
import { workspaces } from './routes.ts';

export const handler = serve(workspaces, workspaceOperations, { table: 'identity', workspaces: enterWorkspace });
