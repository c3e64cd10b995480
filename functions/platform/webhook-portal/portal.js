/** The page behind a portal link. The token stays in the part of the address that browsers send to nobody, and goes out as a header only. */

const texts = {
  en: {
    title: 'Webhook',
    other: 'العربية',
    bad: 'This link is not valid, has run out or was revoked. Ask for a new one.',
    failed: 'That did not work:',
    url: 'Address',
    events: 'Events',
    state: 'State',
    active: 'Active',
    disabled: 'Disabled',
    last: 'Last delivery',
    expires: 'This link ends',
    test: 'Send a test',
    rotate: 'New secret',
    rotateSure: 'Make a new secret? The old one signs beside it for a day.',
    secret: 'Your new secret, shown once:',
    deliveries: 'Deliveries',
    columns: ['Time', 'Event', 'Status', 'Answer', 'Attempts', ''],
    replay: 'Send again',
    details: 'Details',
    more: 'More',
    close: 'Close',
    queued: 'It is on its way.',
    none: 'No deliveries yet.',
    pending: 'waiting',
    success: 'delivered',
    failedStatus: 'failed',
  },
  ar: {
    title: 'إشعارات الويب',
    other: 'English',
    bad: 'هذا الرابط غير صالح أو انتهت مدته أو أُلغي. اطلب رابطًا جديدًا.',
    failed: 'تعذّر التنفيذ:',
    url: 'العنوان',
    events: 'الأحداث',
    state: 'الحالة',
    active: 'مفعّلة',
    disabled: 'معطّلة',
    last: 'آخر تسليم',
    expires: 'ينتهي هذا الرابط',
    test: 'إرسال اختبار',
    rotate: 'سر جديد',
    rotateSure: 'إنشاء سر جديد؟ يبقى القديم يوقّع معه ليوم واحد.',
    secret: 'السر الجديد، يظهر مرة واحدة:',
    deliveries: 'عمليات التسليم',
    columns: ['الوقت', 'الحدث', 'الحالة', 'الرد', 'المحاولات', ''],
    replay: 'إعادة الإرسال',
    details: 'التفاصيل',
    more: 'المزيد',
    close: 'إغلاق',
    queued: 'الرسالة في الطريق.',
    none: 'لا توجد عمليات تسليم بعد.',
    pending: 'بانتظار الإرسال',
    success: 'سُلّمت',
    failedStatus: 'فشلت',
  },
};

const base = '/api/v1/developer/webhook-portal';
const token = location.hash.slice(1);
let language = navigator.language.startsWith('ar') ? 'ar' : 'en';
let cursor = null;
const $ = (id) => document.getElementById(id);
const t = () => texts[language];
const time = (text) =>
  text ? new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(text)) : '–';

async function ask(path, method = 'GET', body = undefined) {
  const answer = await fetch(base + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'accept-language': language,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const json = await answer.json();
  if (answer.status === 401) throw new Error(t().bad);
  if (!answer.ok) throw new Error(`${t().failed} ${json.detail ?? json.title}`);
  return json;
}

// Text is always set as text: what a receiver answered is never markup here.
function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function button(text, act) {
  const node = element('button', text);
  node.type = 'button';
  node.addEventListener('click', async () => {
    node.disabled = true;
    await act().catch(({ message }) => {
      $('result').textContent = message;
    });
    node.disabled = false;
  });
  return node;
}

function showEndpoint(endpoint) {
  document.title = `Mizan · ${endpoint.name}`;
  $('title').textContent = endpoint.name;
  const facts = [
    [t().url, endpoint.url],
    [t().events, endpoint.subscribedEvents.join(', ') || '–'],
    [t().state, endpoint.isActive ? t().active : t().disabled],
    [t().last, time(endpoint.lastTriggeredAt)],
    [t().expires, time(endpoint.link.expiresAt)],
  ];
  $('facts').replaceChildren(...facts.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
  const can = (ability) => endpoint.link.abilities.includes(ability);
  $('actions').replaceChildren(
    ...(can('test') ? [button(t().test, sendTest)] : []),
    ...(can('rotate_secret') ? [button(t().rotate, rotate)] : []),
  );
  $('endpoint').hidden = false;
  return can('replay');
}

async function sendTest() {
  const { data } = await ask('/test', 'POST', {});
  $('result').textContent = `${data.responseStatus ?? ''} ${data.errorMessage ?? data.responseBody ?? ''}`.trim();
  await load();
}

async function rotate() {
  if (!confirm(t().rotateSure)) return;
  const { data } = await ask('/rotate-secret', 'POST', {});
  $('result').textContent = `${t().secret} ${data.secret}`;
}

function row(delivery, canReplay) {
  const node = element('tr');
  const status = delivery.status === 'failed' ? t().failedStatus : t()[delivery.status];
  const actions = element('td');
  actions.append(button(t().details, () => showDetail(delivery.id)));
  if (canReplay && !delivery.isTest && delivery.status !== 'pending')
    actions.append(
      button(t().replay, async () => {
        await ask(`/deliveries/${delivery.id}/replay`, 'POST');
        $('result').textContent = t().queued;
      }),
    );
  node.append(
    element('td', time(delivery.createdAt)),
    element('td', delivery.eventType),
    element('td', status, delivery.status),
    element('td', String(delivery.responseStatus ?? delivery.errorMessage ?? '–').slice(0, 60)),
    element('td', String(delivery.attemptNumber)),
    actions,
  );
  return node;
}

async function showDetail(id) {
  const { data } = await ask(`/deliveries/${id}`);
  $('detail-text').textContent = JSON.stringify(data, null, 2);
  $('detail').showModal();
}

let canReplay = false;

async function loadMore() {
  const { data, pagination } = await ask(
    `/deliveries?limit=25${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
  );
  $('rows').append(...data.map((delivery) => row(delivery, canReplay)));
  cursor = pagination.nextCursor;
  $('more').hidden = cursor === null;
  $('message').textContent = $('rows').children.length === 0 ? t().none : '';
}

async function load() {
  const { data } = await ask('/endpoint');
  canReplay = showEndpoint(data);
  cursor = null;
  $('rows').replaceChildren();
  $('list').hidden = false;
  await loadMore();
}

async function render() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
  $('title').textContent = t().title;
  $('language').textContent = t().other;
  $('language').lang = language === 'ar' ? 'en' : 'ar';
  $('deliveries-title').textContent = t().deliveries;
  $('columns').replaceChildren(...t().columns.map((text) => element('th', text)));
  $('more').textContent = t().more;
  $('close').textContent = t().close;
  await load().catch(({ message }) => {
    $('message').textContent = message;
  });
}

$('language').addEventListener('click', () => {
  language = language === 'ar' ? 'en' : 'ar';
  void render();
});
$('close').addEventListener('click', () => $('detail').close());
$('more').addEventListener('click', () => void loadMore());
void render();
