/** Lambda entry of `/api/core/invitations`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { invitationOperations } from './operations.ts';
import { invitations } from './routes.ts';

export const handler = serve(invitations, invitationOperations, { table: 'identity' });
