/** Lambda entry of `/api/support/reports/tickets`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { reportOperations } from './report-operations.ts';
import { supportReports } from './routes.ts';

export const handler = serve(supportReports, reportOperations);
