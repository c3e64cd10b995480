/** The domain a function belongs to, as its environment says: what its log lines and metrics go by. */
export const serviceName = process.env['POWERTOOLS_SERVICE_NAME'] ?? 'mizan';
