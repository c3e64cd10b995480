/** Subscriber `alert-recorder`: keeps the alerts that any part of the system raises, until it says that they are over. */
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { clearAlert } from '../alerts/clear-alert.ts';
import { recordAlert } from '../alerts/record-alert.ts';
import { systemAlertCleared } from '../events.ts';

export const handler = consumeEvents((event) =>
  event.type === systemAlertCleared.type ? clearAlert(event) : recordAlert(event),
);
