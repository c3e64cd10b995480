/** Subscriber `alert-recorder`: keeps the alerts that any part of the system raises. */
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { recordAlert } from '../alerts/record-alert.ts';

export const handler = consumeEvents(recordAlert);
