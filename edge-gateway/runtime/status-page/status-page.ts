/** The status page as HTML: no script, so that it works in whatever browser a station has. */
import type { Status } from './status-server.ts';

const texts = {
  en: {
    title: 'Station gateway',
    uplink: 'Uplink',
    configuration: 'Configuration',
    onTrial: 'on trial',
    none: 'none yet',
    points: 'Points good / all',
    alarms: 'Alarms standing',
    store: 'Waiting for the platform',
    messages: 'messages',
    dropped: 'Values given up',
    memory: 'Memory',
    cpu: 'Processor',
    clock: 'Clock against the platform',
    unknown: 'not known',
    connection: 'Connection',
    device: 'Device',
    state: 'State',
    reason: 'Reason',
    states: { online: 'online', offline: 'offline', connecting: 'connecting', degraded: 'degraded' },
    storeStates: { ok: 'ok', full: 'full', failing: 'failing' },
    other: 'العربية',
  },
  ar: {
    title: 'بوابة المحطة',
    uplink: 'الاتصال بالمنصة',
    configuration: 'الإعدادات',
    onTrial: 'قيد التجربة',
    none: 'لا توجد بعد',
    points: 'النقاط السليمة / الكل',
    alarms: 'الإنذارات القائمة',
    store: 'بانتظار المنصة',
    messages: 'رسالة',
    dropped: 'قيم تُخلي عنها',
    memory: 'الذاكرة',
    cpu: 'المعالج',
    clock: 'الساعة مقارنة بالمنصة',
    unknown: 'غير معروف',
    connection: 'الاتصال',
    device: 'الجهاز',
    state: 'الحالة',
    reason: 'السبب',
    states: { online: 'متصل', offline: 'منقطع', connecting: 'جارٍ الاتصال', degraded: 'متدهور' },
    storeStates: { ok: 'سليم', full: 'ممتلئ', failing: 'متعطل' },
    other: 'English',
  },
} as const;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign]!);

export function renderStatusPage(status: Status, language: 'ar' | 'en'): string {
  const t = texts[language];
  const { health } = status;
  const { store, process: own, clock, points } = health;
  const facts: [string, string][] = [
    [t.uplink, t.states[status.uplink]],
    [
      t.configuration,
      `${health.configurationVersion ?? t.none}${status.configurationOnTrial ? ` (${t.onTrial})` : ''}`,
    ],
    [t.points, `${points?.good ?? 0} / ${points?.total ?? 0}`],
    [t.alarms, String(points?.activeAlarms ?? 0)],
    [
      t.store,
      `${store?.messages ?? 0} ${t.messages}, ${mebibytes(store?.bytes)} (${t.storeStates[store?.state ?? 'ok']})`,
    ],
    [t.dropped, String(store?.droppedValues ?? 0)],
    [t.memory, mebibytes(own?.residentBytes)],
    [t.cpu, `${Math.round((own?.cpuShare ?? 0) * 100)} %`],
    [t.clock, typeof clock?.offsetMs === 'number' ? `${clock.offsetMs} ms` : t.unknown],
  ];
  const states = (heading: string, rows: { id: string; state: keyof typeof t.states; reason: string | undefined }[]) =>
    rows.length === 0
      ? ''
      : `<table><tr><th>${heading}</th><th>${t.state}</th><th>${t.reason}</th></tr>${rows
          .map(
            ({ id, state, reason }) =>
              `<tr class="${state}"><td><bdi>${escaped(id)}</bdi></td><td>${t.states[state]}</td><td><bdi>${escaped(reason ?? '')}</bdi></td></tr>`,
          )
          .join('')}</table>`;
  const title = `${t.title} ${status.stationId ?? ''}`;
  return `<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="10">
<title>${escaped(title)}</title>
<style>
body{font:16px system-ui,sans-serif;margin:2rem auto;max-width:50rem;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:start;padding:.4rem .6rem;border-bottom:1px solid #ccc}
.offline td:nth-child(2){color:#a00;font-weight:bold}.online td:nth-child(2){color:#060}
</style></head>
<body><p><a href="?lang=${language === 'ar' ? 'en' : 'ar'}">${t.other}</a></p>
<h1>${escaped(title)}</h1>
<table>${facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escaped(value)}</td></tr>`).join('')}</table>
${states(t.connection, status.connections)}
${states(t.device, status.devices)}
</body></html>
`;
}

const mebibytes = (bytes = 0): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
