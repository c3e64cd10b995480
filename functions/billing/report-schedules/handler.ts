/** Lambda entry of `/api/billing/report-schedules`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { reportScheduleOperations } from './operations.ts';
import { reportSchedules } from './routes.ts';

export const handler = serve(reportSchedules, reportScheduleOperations, { table: 'billing' });
